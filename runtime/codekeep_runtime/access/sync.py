"""One round of asking the Git hosts who may read what."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from codekeep_contracts.faults import AccessFault

from codekeep_runtime.access.host_api import NotConfirmed, NotThere, RateLimited
from codekeep_runtime.access.permissions import Confirmed, Permissions
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.telemetry import emit


class Host(Protocol):
    def logins(self, repository: RepositoryId) -> frozenset[str]:
        """
        Raises:
            NotThere, NotConfirmed: see there.
        """
        ...


class Confirming(Protocol):
    """Where what was said is kept: the store itself, or on the way to it."""

    def last(self) -> Permissions:
        """
        Raises:
            AccessFault: it cannot be read.
        """
        ...

    def keep(self, permissions: Permissions) -> None: ...


@dataclass(frozen=True)
class Synced:
    """How many repositories were confirmed, are not there, and could not be confirmed."""

    confirmed: int
    gone: int
    failed: int


def synchronise(store: Confirming, hosts: Mapping[str, Host], repositories: Iterable[RepositoryId]) -> Synced:
    """Asks for each repository and keeps what was said, all at once at the end. Several rounds must not overlap.

    A repository that is gone, or whose host is not among `hosts`, is confirmed to nobody from now on; one whose host
    did not answer keeps what was said last, until that is stale.
    """
    last, kept, limited, gone, failed = _last(store), dict[str, Confirmed](), set[str](), 0, 0
    confirmed = 0
    for repository in repositories:
        host, before = hosts.get(repository.host), last.repositories.get(repository.key)
        try:
            if host is None:
                raise NotThere
            if repository.host in limited:
                raise RateLimited
            at = time.time()  # before asking: what was said is at least as new
            kept[repository.key] = Confirmed(at=at, logins=host.logins(repository))
            confirmed += 1
        except NotThere:
            gone += 1
        except NotConfirmed as error:
            failed += 1
            if isinstance(error, RateLimited):
                limited.add(repository.host)
            if before is not None:
                kept[repository.key] = before
            emit(
                "permissions-not-confirmed",
                component="access",
                level="warning",
                repository_id=repository.id,
                error_kind=type(error).__name__,
            )
    store.keep(Permissions(repositories=kept))
    return Synced(confirmed, gone, failed)


def _last(store: Confirming) -> Permissions:
    try:
        return store.last()
    except AccessFault:
        return Permissions()  # broken: everything is asked anew
