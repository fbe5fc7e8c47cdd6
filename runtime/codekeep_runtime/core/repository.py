"""Identity of a repository: host, owner and name together, since a name alone does not say who owns it."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from codekeep_contracts.faults import UsageFault

LOCAL_HOST = "local"  # host of a repository given by its path; the owner is its parent folder
_SEGMENT = re.compile(r"[^\x00-\x1f\x7f/\\]{1,255}")


@dataclass(frozen=True, order=True)
class RepositoryId:
    """`host/owner/name`. The owner may contain slashes (subgroups, folders). Case is folded, as Git hosts do, except in
    local paths.

    Raises:
        UsageFault: a part is empty, `.` or `..`, or contains a control character.
    """

    host: str
    owner: str
    name: str

    def __post_init__(self) -> None:
        for field in ("host", "owner", "name"):
            value = getattr(self, field)
            segments = value.split("/") if field == "owner" else [value]
            if any(segment in ("", ".", "..") or not _SEGMENT.fullmatch(segment) for segment in segments):
                raise UsageFault(
                    f"{field} of a repository must consist of names without control characters, '.' or '..', "
                    f"got {value!r}; write host/owner/name"
                )
            if self.host.casefold() != LOCAL_HOST:
                object.__setattr__(self, field, value.casefold())

    @classmethod
    def parse(cls, key: str) -> Self:
        """The inverse of `key`.

        Raises:
            UsageFault: fewer than three parts.
        """
        parts = key.split("/")
        if len(parts) < 3:
            raise UsageFault(f"a repository is written host/owner/name, got {key!r}")
        return cls(parts[0], "/".join(parts[1:-1]), parts[-1])

    @cached_property
    def key(self) -> str:
        """`host/owner/name`, for people and settings; never logged."""
        return f"{self.host}/{self.owner}/{self.name}"

    @cached_property
    def id(self) -> str:
        """16 hex digits that identify the repository in logs, metrics and audit records."""
        return hashlib.blake2b(self.key.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, order=True)
class Branch:
    """A branch of a repository: the unit of ingest and search."""

    repository: RepositoryId
    name: str
