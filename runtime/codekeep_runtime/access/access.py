"""From a reader to the repositories they may see now."""

import threading
import time
from collections.abc import Callable, Iterable

from codekeep_contracts.faults import AccessFault

from codekeep_runtime.access.accounts import ServiceAccounts
from codekeep_runtime.access.grants import Policy
from codekeep_runtime.access.permissions import PermissionStore
from codekeep_runtime.core.reader import Reader, Scope
from codekeep_runtime.core.repository import RepositoryId

INDEXED_FOR_SECONDS = 2.0  # how late a repository that was just indexed is seen; revocation does not wait for it


class Access:
    """Deny by default: a reader sees what their teams' grants cover, the index holds, and the Git host confirms.

    Args:
        tenant: whose index it is.
        policy: the teams as the settings say now; raises AccessFault where they cannot be read.
        indexed: the repositories the index knows; a grant to a group is expanded against them.
        accounts: service accounts and revoked people.
        permissions: what the Git hosts confirm, None where they are not asked. Service accounts are unknown to a Git
            host: what they are bound to is theirs without being confirmed.
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
        """Empty where nothing is granted, or where what grants it cannot be read. Blocks: call it in a thread."""
        try:
            team, repositories = self._granted(reader)
        except AccessFault:
            team, repositories = "", frozenset()
        return Scope(self._tenant, reader.id, team, repositories)

    def still(self, reader: Reader, scope: Scope) -> bool:
        """Whether all that the scope holds may be seen by its reader still. Cheap: asked during a stream."""
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
                team, granted = team or each.name, granted | each.covered(known)
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
                return team.name, team.covered(self._repositories())
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
            if time.monotonic() - self._known_at >= INDEXED_FOR_SECONDS:
                self._known = frozenset(self._indexed())
                self._known_at = time.monotonic()
            return self._known


def _has_expired(reader: Reader) -> bool:
    return reader.expires_at is not None and reader.expires_at <= time.time()
