"""What the Git hosts themselves say about who may read: it confirms a grant, and never widens one."""

import time
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from codekeep_runtime.access.documents import Documents, changed
from codekeep_runtime.access.watched import watched_document
from codekeep_runtime.core.repository import RepositoryId

NAME = "permissions.json"
STALE_AFTER_SECONDS = 3600.0


class Confirmed(BaseModel):
    """Who may read one repository, by login or e-mail (case-folded), as its host said at `at` (Unix seconds)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    at: float
    logins: frozenset[str]


class Permissions(BaseModel):
    """By repository key. A repository that is not here is confirmed to nobody."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    repositories: dict[str, Confirmed] = {}

    def confirms(self, login: str, repository: RepositoryId, oldest: float) -> bool:
        confirmed = self.repositories.get(repository.key)
        return confirmed is not None and confirmed.at >= oldest and login.casefold() in confirmed.logins


class PermissionStore:
    """One document, written by the synchronisation and watched by all that serve. Without it nobody is confirmed."""

    def __init__(self, documents: Documents, stale_after_seconds: float = STALE_AFTER_SECONDS) -> None:
        self._documents, self._stale_after = documents, stale_after_seconds
        self._watched = watched_document(documents, NAME, Permissions.model_validate_json, missing=Permissions())

    def confirmed(self, login: str, repositories: frozenset[RepositoryId]) -> frozenset[RepositoryId]:
        """Those of the repositories that their hosts let this person read, said recently enough.

        Raises:
            AccessFault: the document cannot be read.
        """
        permissions, oldest = self._watched.current(), time.time() - self._stale_after
        return frozenset(each for each in repositories if permissions.confirms(login, each, oldest))

    def stale(self) -> int:
        """How many repositories were last confirmed too long ago: a metric."""
        oldest = time.time() - self._stale_after
        return sum(each.at < oldest for each in self._watched.current().repositories.values())

    def exists(self) -> bool:
        """Whether Git hosts have ever been asked."""
        return self._documents.mark(NAME) is not None

    def keep(self, permissions: Permissions) -> None:
        changed(self._documents, NAME, lambda _: permissions.model_dump_json())
        self._watched.forget()

    def change(self, change: Callable[[Permissions], Permissions]) -> None:
        """What is there becomes another; where nothing is, nothing is made: that would say that hosts were asked."""

        def made(content: str | None) -> str | None:
            return None if content is None else change(Permissions.model_validate_json(content)).model_dump_json()

        changed(self._documents, NAME, made)
        self._watched.forget()

    def last(self) -> Permissions:
        return self._watched.current()
