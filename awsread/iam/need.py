"""An action that a call needs, on a resource of a place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Context = Mapping[str, str | tuple[str, ...]]
"""Keys of a request's context."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """An action on a resource; `context` has what the call's own parameters add."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a call goes."""

    partition: str
    region: str
    account: str
