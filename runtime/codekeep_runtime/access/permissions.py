"""Permissions that Git hosts report. They confirm grants of the settings and never widen them."""

import time
from collections.abc import Callable, Mapping
from typing import Self

from codekeep_contracts.model import StrictModel
from pydantic import Field

from codekeep_runtime.access.documents import Documents
from codekeep_runtime.access.watched import SharedModel
from codekeep_runtime.core import RepositoryId

NAME = "permissions.json"
STALE_AFTER_SECONDS = 3600.0


class ConfirmedLogins(StrictModel):
    """Logins or e-mail addresses (case-folded) that may read one repository, as reported at `at` (Unix seconds)."""

    at: float
    logins: frozenset[str]


class Permissions(StrictModel):
    """Confirmed logins by repository key. A repository that is not listed is confirmed to nobody."""

    repositories: Mapping[str, ConfirmedLogins] = Field(default_factory=dict)

    def confirms(self, login: str, repository: RepositoryId, oldest: float) -> bool:
        confirmed = self.repositories.get(repository.key)
        return confirmed is not None and confirmed.at >= oldest and login.casefold() in confirmed.logins

    def without_repository(self, key: str) -> Self:
        return type(self)(repositories={name: each for name, each in self.repositories.items() if name != key})

    def without_login(self, login: str) -> Self:
        gone = {login.casefold()}
        rest = {key: each.model_copy(update={"logins": each.logins - gone}) for key, each in self.repositories.items()}
        return type(self)(repositories=rest)


class PermissionStore:
    """One document, written by `access sync` and watched by all serving processes. Without it nobody is confirmed."""

    def __init__(self, documents: Documents, stale_after_seconds: float = STALE_AFTER_SECONDS) -> None:
        self._stored, self._stale_after = SharedModel(documents, NAME, Permissions()), stale_after_seconds

    def confirmed(self, login: str, repositories: frozenset[RepositoryId]) -> frozenset[RepositoryId]:
        """The repositories that their hosts recently confirmed for this person.

        Raises:
            AccessFault: the document cannot be read.
        """
        permissions, oldest = self.latest(), time.time() - self._stale_after
        return frozenset(each for each in repositories if permissions.confirms(login, each, oldest))

    def exists(self) -> bool:
        """Whether permissions were ever synchronised."""
        return self._stored.exists()

    def store(self, permissions: Permissions) -> None:
        self._stored.replace(permissions)

    def change(self, change: Callable[[Permissions], Permissions]) -> None:
        """Changes what is stored. A missing document stays missing, since it means that permissions were never
        synchronised.
        """
        self._stored.change(change, if_exists=True)

    def latest(self) -> Permissions:
        return self._stored.current()
