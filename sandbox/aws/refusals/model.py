"""Checks of request parameters that AWS makes and botocore does not: enums, patterns, lengths and ranges."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sandbox.aws.errors import InvalidParameterError

PYTHON_DIALECT = {  # what Python's patterns spell otherwise
    r"\p{L}": r"\w",
    r"\p{M}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Zs}": r"\s",
    r"\p{Z}": r"\s",
    r"\p{S}": r"\W",
    r"\p{P}": r"\W",
    r"\p{XDigit}": "[0-9A-Fa-f]",
    r"\p{ASCII}": r"[\x00-\x7f]",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
}
REWRITTEN = {  # patterns of botocore 1.44.5 that no replacement makes readable
    r"^(?![^:\\]*/action/|(?i).*<script>.*</script>.*)[^:\\]+$": (
        r"(?![^:\\]*/action/|(?i:.*<script>.*</script>.*))[^:\\]+"
    ),
    r"[\w-_]*": r"[\w_-]*",
    r"^arn:aws[a-z0-9-]*:iam::\d{12}:role\/[\w-\/.@+=,]{1,1017}$": (
        r"arn:aws[a-z0-9-]*:iam::\d{12}:role/[\w\-/.@+=,]{1,1017}"
    ),
}
SHOWN_ALTERNATIVES = 40
OPEN_ENUMS = frozenset({"OpenSearchPartitionInstanceType"})
"""Exceptions from the models: enums that are incomplete. The service takes instance families that its model lacks."""


def check_parameters(params: Mapping[str, Any], model: Any) -> None:
    """Raises InvalidParameterError, which names every problem."""
    if model.input_shape is None:
        return
    problems = list(_problems(model.input_shape, params, ""))
    if problems:
        service = model.service_model.service_name
        raise InvalidParameterError(f"{service} {model.name}: " + "; ".join(problems))


def _problems(shape: Any, value: Any, path: str) -> Iterator[str]:
    if value is None:
        return
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        for key, item in value.items():
            if key in shape.members:
                yield from _problems(shape.members[key], item, f"{path}.{key}" if path else key)
    elif kind == "list" and isinstance(value, list | tuple):
        yield from _size_problems(shape, len(value), path, "items")
        for index, item in enumerate(value):
            yield from _problems(shape.member, item, f"{path}[{index}]")
    elif kind == "map" and isinstance(value, Mapping):
        yield from _size_problems(shape, len(value), path, "entries")
        for key, item in value.items():
            yield from _problems(shape.key, key, f"{path} key")
            yield from _problems(shape.value, item, f"{path}[{key!r}]")
    elif kind == "string" and isinstance(value, str):
        yield from _text_problems(shape, value, path)
    elif kind in {"integer", "long", "float", "double"} and isinstance(value, int | float):
        yield from _range_problems(shape, value, path)


def _text_problems(shape: Any, value: str, path: str) -> Iterator[str]:
    if shape.enum and shape.name not in OPEN_ENUMS:
        if value not in shape.enum:
            allowed = ", ".join(shape.enum[:SHOWN_ALTERNATIVES])
            more = ", ..." if len(shape.enum) > SHOWN_ALTERNATIVES else ""
            yield f"{path} is {value!r}; allowed: {allowed}{more}"
        return
    yield from _size_problems(shape, len(value), path, "characters")
    pattern = _compiled(shape.metadata.get("pattern"))
    if pattern is not None and pattern.fullmatch(value) is None:
        yield f"{path} is {value!r}; it must match {shape.metadata['pattern']}"


def _size_problems(shape: Any, size: int, path: str, unit: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        yield f"{path} has {size} {unit}; allowed: {_span(low, high)}"


def _range_problems(shape: Any, value: float, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and value < low) or (high is not None and value > high):
        yield f"{path} is {value}; allowed: {_span(low, high)}"


def _span(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"


@cache
def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    """None where there is no pattern. Tests show that every pattern of the services that we call can be read."""
    if not pattern:
        return None
    pattern = REWRITTEN.get(pattern, pattern)
    for java, python in PYTHON_DIALECT.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern, re.DOTALL)
