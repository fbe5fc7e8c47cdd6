"""Service accounts: random tokens of which only a SHA-256 is kept, bound to a team or to repositories, expiring."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from codekeep_contracts.faults import AccessFault, UsageFault
from pydantic import BaseModel, ConfigDict

from codekeep_runtime.access.documents import Documents, changed
from codekeep_runtime.access.watched import watched_document
from codekeep_runtime.core.reader import Reader
from codekeep_runtime.core.repository import RepositoryId

NAME = "accounts.json"
PREFIX = "cks_"  # lets secret scanners find a leaked one
MOST_DAYS = 366
_DAY_SECONDS = 86_400


class Account(BaseModel):
    """`id` is the reader's id. Exactly one of `team` and `repositories` (keys) is set. Times: Unix seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: str
    name: str
    token_sha256: str
    team: str | None
    repositories: tuple[str, ...]
    expires_at: float

    def granted(self) -> frozenset[RepositoryId]:
        return frozenset(RepositoryId.parse(key) for key in self.repositories)


class Stored(BaseModel):
    """The document: accounts, and ids of people who are shut out whatever their tokens say."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    accounts: tuple[Account, ...] = ()
    revoked_readers: frozenset[str] = frozenset()


class ServiceAccounts:
    """The store in one document; every process that serves watches it."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._watched = watched_document(documents, NAME, Stored.model_validate_json, missing=Stored())

    def create(
        self, name: str, *, days: int, team: str | None = None, repositories: frozenset[RepositoryId] = frozenset()
    ) -> str:
        """Returns the token, which cannot be had again.

        Raises:
            UsageFault: the name is taken, the days are not 1-366, or not exactly one of team and repositories is given.
        """
        if not 1 <= days <= MOST_DAYS:
            raise UsageFault(f"days must be 1-{MOST_DAYS}, got {days}")
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

        def added(stored: Stored) -> Stored:
            if any(each.name == name for each in stored.accounts):
                raise UsageFault(f"service account {name!r} exists; revoke it first or take another name")
            return stored.model_copy(update={"accounts": (*stored.accounts, account)})

        self._change(added)
        return token

    def revoke(self, name: str) -> None:
        """
        Raises:
            UsageFault: there is none of that name.
        """

        def without(stored: Stored) -> Stored:
            rest = tuple(each for each in stored.accounts if each.name != name)
            if len(rest) == len(stored.accounts):
                raise UsageFault(f"no service account is named {name!r}; `status` lists them")
            return stored.model_copy(update={"accounts": rest})

        self._change(without)

    def revoke_reader(self, reader_id: str) -> None:
        """Shuts a person out before their token expires."""
        self._change(lambda stored: stored.model_copy(update={"revoked_readers": stored.revoked_readers | {reader_id}}))

    def list(self) -> tuple[Account, ...]:
        return self._watched.current().accounts

    def reader(self, token: str) -> Reader:
        """
        Raises:
            AccessFault: no account that is still good has this token.
        """
        digest = _sha256(token)
        found = None
        for account in self._watched.current().accounts:  # all of them: the time tells nothing of which one matched
            if hmac.compare_digest(account.token_sha256, digest):
                found = account
        if found is None or found.expires_at <= time.time():
            raise AccessFault("sign-in is needed")
        return Reader(found.id, found.name, frozenset(), is_service=True, expires_at=found.expires_at)

    def account(self, reader_id: str) -> Account | None:
        """None once it is revoked or expired."""
        for account in self._watched.current().accounts:
            if account.id == reader_id and account.expires_at > time.time():
                return account
        return None

    def is_revoked(self, reader_id: str) -> bool:
        return reader_id in self._watched.current().revoked_readers

    def _change(self, change: Callable[[Stored], Stored]) -> None:
        def made(content: str | None) -> str:
            return change(Stored() if content is None else Stored.model_validate_json(content)).model_dump_json()

        changed(self._documents, NAME, made)
        self._watched.forget()


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
