"""Who reads, and what they may see."""

from dataclasses import dataclass

from codekeep_runtime.core.repository import RepositoryId


@dataclass(frozen=True)
class Reader:
    """An authenticated person or service account. `id` is opaque (16 hex digits): logs and audit records carry it."""

    id: str
    name: str  # as the identity provider says; never logged
    groups: frozenset[str]
    is_service: bool = False
    expires_at: float | None = None  # Unix seconds; what they signed in with is good until then


@dataclass(frozen=True)
class Scope:
    """What one reader may see now: a required argument of everything that reads the index. Only `access` makes one.

    An empty `repositories` sees nothing; there is no value that means "all".
    """

    tenant: str
    reader_id: str
    team: str  # of the grant that let them in, "" where none did
    repositories: frozenset[RepositoryId]
