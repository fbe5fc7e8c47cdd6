"""Service accounts: random tokens bound to a team or to repositories, with an expiry. Only a SHA-256 is stored."""

import hashlib
import hmac
import secrets
import time

from codekeep_contracts.faults import AccessFault, UsageFault
from codekeep_contracts.model import StrictModel

from codekeep_runtime.access.documents import Documents
from codekeep_runtime.access.watched import SharedModel
from codekeep_runtime.core import Reader, RepositoryId

NAME = "accounts.json"
PREFIX = "cks_"  # so that secret scanners find a leaked token
MAX_DAYS = 366
_DAY_SECONDS = 86_400


class Account(StrictModel):
    """`id` is the reader's id. Exactly one of `team` and `repositories` (keys) is set. Times are Unix seconds."""

    id: str
    name: str
    token_sha256: str
    team: str | None
    repositories: tuple[str, ...]
    expires_at: float

    def granted(self) -> frozenset[RepositoryId]:
        return frozenset(RepositoryId.parse(key) for key in self.repositories)


class StoredAccounts(StrictModel):
    """The stored document: accounts, and ids of people who are shut out whatever their tokens say."""

    accounts: tuple[Account, ...] = ()
    revoked_readers: frozenset[str] = frozenset()


class ServiceAccounts:
    """All accounts in one document, which every serving process watches."""

    def __init__(self, documents: Documents) -> None:
        self._stored = SharedModel(documents, NAME, StoredAccounts())

    def create(
        self, name: str, *, days: int, team: str | None = None, repositories: frozenset[RepositoryId] = frozenset()
    ) -> str:
        """Creates an account and returns its token, which cannot be read again.

        Raises:
            UsageFault: the name is taken, the days are not 1-366, or not exactly one of team and repositories is given.
        """
        if not 1 <= days <= MAX_DAYS:
            raise UsageFault(f"days must be 1-{MAX_DAYS}, got {days}")
        if (team is None) == (not repositories):
            raise UsageFault("a service account is bound to a team or to repositories: give exactly one of the two")
        token = PREFIX + secrets.token_urlsafe(32)
        account = Account(
            id=secrets.token_hex(8),
            name=name,
            token_sha256=_sha256(token),
            team=team,
            repositories=tuple(sorted(each.key for each in repositories)),
            expires_at=time.time() + days * _DAY_SECONDS,
        )

        def added(stored: StoredAccounts) -> StoredAccounts:
            if any(each.name == name for each in stored.accounts):
                raise UsageFault(f"service account {name!r} exists; revoke it first or take another name")
            return stored.model_copy(update={"accounts": (*stored.accounts, account)})

        self._stored.change(added)
        return token

    def revoke(self, name: str) -> None:
        """
        Raises:
            UsageFault: no account has that name.
        """

        def without(stored: StoredAccounts) -> StoredAccounts:
            rest = tuple(each for each in stored.accounts if each.name != name)
            if len(rest) == len(stored.accounts):
                raise UsageFault(f"no service account is named {name!r}; `status` lists them")
            return stored.model_copy(update={"accounts": rest})

        self._stored.change(without)

    def revoke_reader(self, reader_id: str) -> None:
        """Shuts a person out before their token expires."""
        self._stored.change(
            lambda stored: stored.model_copy(update={"revoked_readers": stored.revoked_readers | {reader_id}})
        )

    def list(self) -> tuple[Account, ...]:
        return self._stored.current().accounts

    def reader(self, token: str) -> Reader:
        """
        Raises:
            AccessFault: no valid account has this token.
        """
        digest = _sha256(token)
        found = None
        for account in self.list():  # compares with all of them, so that timing does not tell which one matched
            if hmac.compare_digest(account.token_sha256, digest):
                found = account
        if found is None or found.expires_at <= time.time():
            raise AccessFault("sign-in is needed")
        return Reader(found.id, found.name, frozenset(), is_service=True, expires_at=found.expires_at)

    def account(self, reader_id: str) -> Account | None:
        """The account with that reader id; None once it is revoked or expired."""
        valid = (each for each in self.list() if each.id == reader_id and each.expires_at > time.time())
        return next(valid, None)

    def is_revoked(self, reader_id: str) -> bool:
        return reader_id in self._stored.current().revoked_readers


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
