"""Asks the Git hosts who may read which repository."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx
from codekeep_contracts.faults import AccessFault
from codekeep_contracts.settings.links import GitHost

from codekeep_runtime.access.github import GitHub
from codekeep_runtime.access.gitlab import GitLab
from codekeep_runtime.access.host_api import NotConfirmed, NotFoundOnHost, RateLimited
from codekeep_runtime.access.permissions import ConfirmedLogins, Permissions
from codekeep_runtime.core import RepositoryId
from codekeep_runtime.telemetry import emit


class Host(Protocol):
    """
    Raises:
        NotFoundOnHost, NotConfirmed: the host has no such thing, or did not answer.
    """

    def logins(self, repository: RepositoryId) -> frozenset[str]:
        """Logins that may read the repository, case-folded."""

    def repositories(self, group: str) -> list[str]:
        """`owner/name` of what is directly in a group and not archived; subgroups have grants of their own."""


class PermissionSink(Protocol):
    """Stores confirmed permissions: the store itself, or the handover to it."""

    def latest(self) -> Permissions:
        """
        Raises:
            AccessFault: it cannot be read.
        """

    def store(self, permissions: Permissions) -> None: ...


@dataclass(frozen=True)
class SyncResult:
    """Numbers of repositories that were confirmed, do not exist, and could not be confirmed."""

    confirmed: int
    gone: int
    failed: int


def host_of(link: GitHost, client: httpx.Client, token: str) -> Host:
    if link.kind == "gitlab":
        return GitLab(client, f"https://{link.host}/api/v4", token)
    return GitHub(client, f"https://{link.host}/api/v3", token)


def listed_repositories(link: GitHost, host: Host) -> list[str]:
    """`owner/name` of the link's repositories and those of its groups, each once.

    Raises:
        AccessFault: the host does not list a group: it does not exist, or the token may not read it.
    """
    found = list(link.repositories)
    for group in link.groups:
        try:
            found += host.repositories(group)
        except (NotFoundOnHost, NotConfirmed, KeyError):
            raise AccessFault(
                f"group {group!r} is not listed by its Git host; is the token allowed to read it?"
            ) from None
    return list(dict.fromkeys(found))


def synchronise(sink: PermissionSink, hosts: Mapping[str, Host], repositories: Iterable[RepositoryId]) -> SyncResult:
    """Asks for each repository and stores all answers at the end. Two rounds must not overlap.

    A repository that is gone, or whose host is not among `hosts`, is confirmed to nobody from now on. If a host does
    not answer, its last answer counts until it is stale.
    """
    last, kept, limited = _last(sink), dict[str, ConfirmedLogins](), set[str]()
    confirmed = gone = failed = 0
    for repository in repositories:
        host, before = hosts.get(repository.host), last.repositories.get(repository.key)
        try:
            if host is None:
                raise NotFoundOnHost
            if repository.host in limited:
                raise RateLimited
            at = time.time()  # before asking, so the answer is at least as new
            kept[repository.key] = ConfirmedLogins(at=at, logins=host.logins(repository))
            confirmed += 1
        except NotFoundOnHost:
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
    sink.store(Permissions(repositories=kept))
    return SyncResult(confirmed, gone, failed)


def _last(sink: PermissionSink) -> Permissions:
    try:
        return sink.latest()
    except AccessFault:
        return Permissions()  # unreadable: everything is asked again
