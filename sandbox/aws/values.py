"""Converts Pulumi's property values to plain Python and back: secrets are unwrapped, unknowns are UNKNOWN."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pulumi.provider.experimental.property_value import Computed, PropertyValue, ResourceReference
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_ON_THE_WIRE

from sandbox.aws.resource import Props


class _Unknown:
    """A value that is known only after the update."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = _Unknown()


def to_plain(values: Mapping[str, PropertyValue]) -> Props:
    """Plain values; whole numbers become int, nulls disappear."""
    return {key: _plain(value) for key, value in values.items() if value.value is not None}


def from_plain(props: Props, like: Mapping[str, PropertyValue] | None = None) -> dict[str, PropertyValue]:
    """Property values again; what was secret in `like` at the same path is secret again."""
    marks = like or {}
    return {key: _wrapped(value, marks.get(key)) for key, value in props.items()}


def has_unknown(value: Any) -> bool:
    """Whether an unknown sits anywhere inside."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def _plain(wrapped: PropertyValue) -> Any:
    value = wrapped.value
    if isinstance(value, Computed) or value == UNKNOWN_ON_THE_WIRE:
        return UNKNOWN
    if isinstance(value, ResourceReference):
        return _plain(value.resource_id) if value.resource_id else value.urn
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item.value is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _wrapped(value: Any, like: PropertyValue | None) -> PropertyValue:
    if like is not None and like.is_secret:
        return _bare(value, None).with_secret(True)
    return _bare(value, like)


def _bare(value: Any, like: PropertyValue | None) -> PropertyValue:
    if value is UNKNOWN:
        return PropertyValue(UNKNOWN_ON_THE_WIRE)  # the SDK reads but cannot write its own Computed
    if isinstance(value, Mapping):
        marks = like.value if like is not None and isinstance(like.value, Mapping) else {}
        return PropertyValue({str(key): _wrapped(item, marks.get(key)) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return _list(list(value), like)
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value))
    return PropertyValue(value)


def _list(items: list[Any], like: PropertyValue | None) -> PropertyValue:
    marks = list(like.value) if like is not None and isinstance(like.value, tuple) else []
    if len(marks) == len(items):
        return PropertyValue([_wrapped(item, mark) for item, mark in zip(items, marks, strict=True)])
    moved = any(mark.contains_secret() for mark in marks)  # it is no longer known which item was secret
    return PropertyValue([_wrapped(item, None) for item in items], is_secret=moved)
