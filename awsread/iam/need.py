"""An action that a call needs, on a resource of a place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Context = Mapping[str, str | tuple[str, ...]]
"""Keys of a request's context."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """An action on a resource; `context` has what the call's own parameters add."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)


def tag_context(tags: Any, removed: Sequence[str] = ()) -> Context:
    """What a request's context says of its tags, a mapping or a list of keys and values, or of those it takes away."""
    if not isinstance(tags, Mapping):
        listed = tags if isinstance(tags, list) else ()
        tags = {each.get("Key", each.get("TagKey")): each.get("Value", each.get("TagValue", "")) for each in listed}
    keys = tuple(str(each) for each in removed or tags)
    requested = {f"aws:RequestTag/{key}": str(value) for key, value in tags.items()}
    return {**requested, **({"aws:TagKeys": keys} if keys else {})}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a call goes."""

    partition: str
    region: str
    account: str
