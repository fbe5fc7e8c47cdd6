"""A repository to ingest."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from codekeep_runtime.core import RepositoryId
from codekeep_runtime.git.credential import Credential
from codekeep_runtime.git.location import Location


@dataclass(frozen=True, kw_only=True)
class Source:
    """A repository, its address and the branches to ingest.

    Args:
        location: a URL or a path.
        branches: shell patterns; empty for the default branch alone.
    """

    repository: RepositoryId
    location: str
    branches: tuple[str, ...] = ()
    credential: Credential | None = None

    @classmethod
    def at(cls, location: str, branches: tuple[str, ...] = (), credential: Credential | None = None) -> Self:
        """Names the repository after its address.

        Raises:
            UsageFault: neither a URL with an allowed scheme nor a folder.
        """
        repository = Location.parse(location).repository()
        return cls(repository=repository, location=location, branches=branches, credential=credential)


def in_shard(sources: Iterable[Source], shard: int, count: int) -> list[Source]:
    """The sources of one shard, by a hash, so that a repository keeps its shard when others come and go."""
    return [each for each in sources if _number(each.repository) % count == shard]


def _number(repository: RepositoryId) -> int:
    return int.from_bytes(hashlib.blake2b(repository.key.encode(), digest_size=8).digest(), "big")
