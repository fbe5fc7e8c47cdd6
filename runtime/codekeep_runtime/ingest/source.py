"""What is to be ingested."""

from dataclasses import dataclass
from typing import Self

from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.git.credential import Credential
from codekeep_runtime.git.location import Location


@dataclass(frozen=True, kw_only=True)
class Source:
    """A repository, where it is fetched from, and which branches of it.

    Args:
        location: a URL or a path.
        branches: patterns as of a shell; none stands for the branch that a clone would check out.
    """

    repository: RepositoryId
    location: str
    branches: tuple[str, ...] = ()
    credential: Credential | None = None

    @classmethod
    def at(cls, location: str, branches: tuple[str, ...] = (), credential: Credential | None = None) -> Self:
        """Named after its address.

        Raises:
            UsageFault: neither a URL that may be fetched nor a folder.
        """
        repository = Location.parse(location).repository()
        return cls(repository=repository, location=location, branches=branches, credential=credential)
