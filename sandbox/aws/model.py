"""Checks of request parameters that AWS makes and botocore does not: enums, patterns, lengths and ranges."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sandbox.aws.errors import InvalidParameterError

UNICODE_CLASSES = {r"\p{L}": r"\w", r"\p{M}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s", r"\p{S}": r"\W", r"\p{P}": r"\W"}
SHOWN_ALTERNATIVES = 40
OPEN_ENUMS = frozenset({"OpenSearchPartitionInstanceType"})
"""Enums that are incomplete: the service takes instance families that its published model lacks."""


def check_parameters(params: Mapping[str, Any], model: Any, **_: Any) -> None:
    """botocore handler of `before-parameter-build`: raises InvalidParameterError that names every problem."""
    if model.input_shape is None:
        return
    problems = list(_problems(model.input_shape, params, ""))
    if problems:
        service = model.service_model.service_name
        raise InvalidParameterError(f"{service} {model.name}: " + "; ".join(problems))


def refuse_invalid(client: Any, operation: str, **parameters: Any) -> None:
    """Checks the parameters of a call that is recorded instead of made.

    Raises:
        InvalidParameterError: AWS would refuse them.
    """
    from botocore.validate import ParamValidator  # noqa: PLC0415 - a preview never gets here

    model = client.meta.service_model.operation_model(operation)
    report = ParamValidator().validate(parameters, model.input_shape)
    if report.has_errors():
        raise InvalidParameterError(f"{model.service_model.service_name} {operation}: {report.generate_report()}")
    check_parameters(parameters, model)


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
    """None where there is no pattern, or one in Java's dialect that Python cannot read."""
    if not pattern:
        return None
    for java, python in UNICODE_CLASSES.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern, re.DOTALL)
    except re.error:
        return None
