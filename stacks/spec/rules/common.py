"""Checks that several rules share."""

from collections.abc import Iterable, Iterator

from stacks.spec.problems import Problem, shown_value


def duplicate_values(path: str, values: Iterable[str], what: str) -> Iterator[Problem]:
    """One problem for each value that occurs again in the list at `path`."""
    seen: dict[str, int] = {}
    for index, value in enumerate(values):
        if value in seen:
            yield Problem(
                path=f"{path}[{index}]",
                got=f"{shown_value(value)} a second time, first at {path}[{seen[value]}]",
                allowed=f"each {what} once",
                remedy="remove one of the two",
            )
        else:
            seen[value] = index


def duplicate_attributes(
    items: Iterable[tuple[str, object]], attribute: str, each: str, remedy: str
) -> Iterator[Problem]:
    """One problem for each item that has the attribute's value of an earlier item. `items` are paths and items."""
    seen: dict[str, str] = {}
    for path, item in items:
        value = getattr(item, attribute)
        place = f"{path}.{attribute}"
        if value in seen:
            yield Problem(
                path=place,
                got=f"{shown_value(value)} a second time, first at {seen[value]}",
                allowed=f"a {attribute} of its own for each {each}",
                remedy=remedy,
            )
        seen.setdefault(value, place)


def cap_below(path: str, cap: int | None, needed: int, what: str, remedy: str) -> Iterator[Problem]:
    """A problem where the cap at `path` is less than `needed`."""
    if cap is not None and needed > cap:
        yield Problem(
            path=path, got=f"{cap}, less than the {needed} {what}", allowed=f"at least {needed}", remedy=remedy
        )
