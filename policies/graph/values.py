"""Property values: the marks in place of values that cannot be read, and walking through mappings and lists."""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final


class Marker(Enum):
    """Takes the place of a value that cannot be read."""

    UNKNOWN = "$unknown"  # only the deployment will know it
    SECRET = "$secret"  # noqa: S105 - the mark, not a secret

    def __repr__(self) -> str:
        return self.value

    def __str__(self) -> str:
        return self.value


UNKNOWN: Final = Marker.UNKNOWN
SECRET: Final = Marker.SECRET


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The path and the value of a property value and of everything inside it, outer ones first."""
    yield path, value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from walk(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from walk(inner, f"{path}[{index}]")


def texts_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text inside a value, with its path."""
    return ((at, inner) for at, inner in walk(value, path) if isinstance(inner, str))


def has_unknown(value: Any) -> bool:
    """Whether a value, or anything inside it, is unknown or secret."""
    return any(isinstance(inner, Marker) for _, inner in walk(value))


def map_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """The value with everything in it changed that is neither a mapping nor a list."""
    if isinstance(value, Mapping):
        return {key: map_leaves(inner, change) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [map_leaves(inner, change) for inner in value]
    return change(value)
