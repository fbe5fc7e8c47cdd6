"""Pod templates in objects of any kind."""

from collections.abc import Iterator, Mapping
from typing import Any


def templates_in(thing: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every pod template of an object at any depth: a field `template` whose spec has containers."""
    yield from _below(thing.get("spec"))


def _below(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "template" and isinstance(inner, Mapping) and "containers" in (inner.get("spec") or {}):
                yield inner
            else:
                yield from _below(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _below(inner)
