"""Decides which repositories a reader may see now."""

import threading
import time
from collections.abc import Callable, Iterable

from codekeep_contracts.faults import AccessFault

from codekeep_runtime.access.accounts import ServiceAccounts
from codekeep_runtime.access.grants import Policy
from codekeep_runtime.access.permissions import PermissionStore
from codekeep_runtime.core import Reader, RepositoryId, Scope

INDEXED_TTL_SECONDS = 2.0  # delay until a newly indexed repository is visible; revocation has no such delay


class Access:
    """Deny by default: a reader sees what their teams' grants cover, the index has, and the Git host confirms.

    Args:
        policy: the teams of the current settings; raises AccessFault if they cannot be read.
        indexed: the repositories in the index, against which grants to groups are expanded.
        accounts: service accounts and revoked people.
        permissions: what Git hosts confirmed; None if grants need no confirmation. Git hosts do not know service
            accounts, so their repositories need no confirmation.
    """

    def __init__(
        self,
        tenant: str,
        policy: Callable[[], Policy],
        indexed: Callable[[], Iterable[RepositoryId]],
        accounts: ServiceAccounts,
        permissions: PermissionStore | None = None,
    ) -> None:
        self._tenant, self._policy, self._indexed = tenant, policy, indexed
        self._accounts, self._permissions = accounts, permissions
        self._lock = threading.Lock()
        self._known: frozenset[RepositoryId] = frozenset()
        self._known_at = float("-inf")

    def scope(self, reader: Reader) -> Scope:
        """Returns the reader's scope, empty if nothing is granted or grants cannot be read. Blocks: call it in a
        thread.
        """
        try:
            team, repositories = self._granted(reader)
        except AccessFault:
            team, repositories = "", frozenset()
        return Scope(self._tenant, reader.id, team, repositories)

    def still_allows(self, reader: Reader, scope: Scope) -> bool:
        """Whether the reader may still see everything in the scope, cited or not: one lost repository makes it False.
        Cheap enough for a stream, though files may be read.
        """
        if reader.id != scope.reader_id or scope.tenant != self._tenant:
            return False
        if not scope.repositories:
            return not _has_expired(reader) and not self._is_revoked(reader)
        return scope.repositories <= self.scope(reader).repositories

    def _granted(self, reader: Reader) -> tuple[str, frozenset[RepositoryId]]:
        if _has_expired(reader) or self._accounts.is_revoked(reader.id):
            return "", frozenset()
        if reader.is_service:
            return self._granted_to_service(reader)
        known, team, granted = self._repositories(), "", frozenset[RepositoryId]()
        for each in self._policy().teams:
            if each.group in reader.groups:
                team, granted = team or each.name, granted | each.covered_repositories(known)
        if self._permissions is not None:
            granted = self._permissions.confirmed(reader.name, granted)
        return (team, granted) if granted else ("", granted)

    def _granted_to_service(self, reader: Reader) -> tuple[str, frozenset[RepositoryId]]:
        account = self._accounts.account(reader.id)
        if account is None:
            return "", frozenset()
        if account.team is None:
            return "", account.granted() & self._repositories()
        for team in self._policy().teams:
            if team.name == account.team:
                return team.name, team.covered_repositories(self._repositories())
        return "", frozenset()

    def _is_revoked(self, reader: Reader) -> bool:
        try:
            if reader.is_service and self._accounts.account(reader.id) is None:
                return True
            return self._accounts.is_revoked(reader.id)
        except AccessFault:
            return True

    def _repositories(self) -> frozenset[RepositoryId]:
        with self._lock:
            if time.monotonic() - self._known_at >= INDEXED_TTL_SECONDS:
                self._known = frozenset(self._indexed())
                self._known_at = time.monotonic()
            return self._known


def _has_expired(reader: Reader) -> bool:
    return reader.expires_at is not None and reader.expires_at <= time.time()
