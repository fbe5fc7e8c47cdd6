"""Whether a document holds only what JSON can, and no more than a spec needs."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from stacks.spec.problems import Problem, shown

DEEPEST: Final = 24
MOST_VALUES: Final = 200_000

_Place = tuple[Any, str, int]


def json_problems(document: Any, source: str) -> list[Problem]:
    """Values of other types than JSON's, keys that are no strings, cycles, and documents beyond the limits."""
    problems: list[Problem] = []
    todo: list[_Place] = [(document, "", 0)]
    count = 0
    while todo:
        place = todo.pop()
        count += 1
        if place[2] > DEEPEST:
            return [_excess(place[1], f"more than {DEEPEST} levels", source)]
        if count > MOST_VALUES:
            return [_excess(place[1], f"more than {MOST_VALUES} values", source)]
        problems.extend(_problems_of(*place[:2], source))
        todo.extend(_inside(*place))
    return sorted(problems, key=lambda problem: problem.path)


def _inside(value: Any, path: str, depth: int) -> Iterator[_Place]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str):
                yield item, f"{path}.{key}" if path else key, depth + 1
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield item, f"{path}[{index}]", depth + 1


def _problems_of(value: Any, path: str, source: str) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str) or not _is_unicode(key):
                yield _problem(path, f"the key {shown(key)}", "keys that are text", "put the key in quotes", source)
    elif isinstance(value, str):
        if not _is_unicode(value):
            yield _problem(path, "text with a lone surrogate", "Unicode text", "retype the value", source)
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield _problem(path, str(value), "a finite number", "write a number", source)
    elif not (value is None or isinstance(value, bool | int | list | tuple)):
        allowed = "text, numbers, true, false, null, lists and mappings"
        yield _problem(path, f"a value of type {type(value).__name__}", allowed, "put it in quotes", source)


def _excess(path: str, got: str, source: str) -> Problem:
    allowed = f"at most {DEEPEST} levels and {MOST_VALUES} values"
    return _problem(path[:200], got, allowed, "remove the nesting or repetition", source)


def _problem(path: str, got: str, allowed: str, remedy: str, source: str) -> Problem:
    return Problem(path=path, got=got, allowed=allowed, remedy=remedy, source=source)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
