"""What several rules need."""

from collections.abc import Iterable, Iterator

from stacks.spec.problems import Problem, shown


def repeated(path: str, values: Iterable[str], what: str) -> Iterator[Problem]:
    """One problem for each value that stands a second time in the list at `path`."""
    seen: dict[str, int] = {}
    for index, value in enumerate(values):
        if value in seen:
            yield Problem(
                path=f"{path}[{index}]",
                got=f"{shown(value)} a second time, first at {path}[{seen[value]}]",
                allowed=f"each {what} once",
                remedy="remove one of the two",
            )
        else:
            seen[value] = index
