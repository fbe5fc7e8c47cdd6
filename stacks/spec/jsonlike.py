"""Checks that a document contains only values of JSON, and no more than a spec needs."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from stacks.spec.problems import Problem, shown_value

DEEPEST: Final = 24
MOST_VALUES: Final = 200_000


def json_problems(document: Any) -> list[Problem]:
    """Values of other types than JSON's, keys that are no text, cycles, and documents beyond the limits."""
    problems: list[Problem] = []
    remaining: list[tuple[Any, str, int]] = [(document, "", 0)]
    count = 0
    while remaining:
        value, path, depth = remaining.pop()
        count += 1
        if depth > DEEPEST or count > MOST_VALUES:
            return [
                Problem(
                    path=path[:200],
                    got=f"more than {DEEPEST} levels" if depth > DEEPEST else f"more than {MOST_VALUES} values",
                    allowed=f"at most {DEEPEST} levels and {MOST_VALUES} values",
                    remedy="remove the nesting or repetition",
                )
            ]
        problems += (
            Problem(path=path, got=got, allowed=allowed, remedy=remedy)
            for got, allowed, remedy in _invalid_values(value)
        )
        remaining += ((inner, inner_path, depth + 1) for inner, inner_path in _inside(value, path))
    return sorted(problems, key=lambda problem: problem.path)


def _inside(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str):
                yield item, f"{path}.{key}" if path else key
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield item, f"{path}[{index}]"


def _invalid_values(value: Any) -> Iterator[tuple[str, str, str]]:
    """Got, allowed and remedy of each problem with the value itself."""
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str) or not _is_unicode(key):
                yield f"the key {shown_value(key)}", "keys that are text", "put the key in quotes"
    elif isinstance(value, str):
        if not _is_unicode(value):
            yield "text with a lone surrogate", "Unicode text", "retype the value"
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield str(value), "a finite number", "write a number"
    elif not (value is None or isinstance(value, bool | int | list | tuple)):
        allowed = "text, numbers, true, false, null, lists and mappings"
        yield f"a value of type {type(value).__name__}", allowed, "put it in quotes"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
