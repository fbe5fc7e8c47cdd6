"""A reader, and what they may see."""

from dataclasses import dataclass

from codekeep_runtime.core.repository import RepositoryId


@dataclass(frozen=True)
class Reader:
    """An authenticated person or service account. `id` is opaque (16 hex digits): logs and audit records carry it."""

    id: str
    name: str  # from the identity provider; never logged
    groups: frozenset[str]
    is_service: bool = False
    expires_at: float | None = None  # Unix seconds; when their sign-in expires


@dataclass(frozen=True)
class Scope:
    """The repositories that one reader may see now. Everything that reads the index requires one, and only `access`
    makes one.

    An empty set sees nothing. There is no value that stands for all repositories.
    """

    tenant: str
    reader_id: str
    team: str  # of the first matching grant, "" without one
    repositories: frozenset[RepositoryId]
