"""Repositories that were purged: not taken in again until somebody allows it."""

from datetime import datetime

from codekeep_contracts.faults import AccessFault

from codekeep_runtime.access.documents import Documents, changed
from codekeep_runtime.core.repository import RepositoryId


class Tombstones:
    """One document a repository, named by its id: that it was here is all that is remembered."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def put(self, repository_id: str, at: datetime) -> None:
        changed(self._documents, repository_id, lambda _: at.isoformat())

    def is_put(self, repository: RepositoryId) -> bool:
        return self._documents.mark(repository.id) is not None

    def check(self, repository: RepositoryId) -> None:
        """
        Raises:
            AccessFault: it was purged and not allowed again.
        """
        if self.is_put(repository):
            raise AccessFault(f"repository {repository.key!r} was purged; it is taken in again once that is allowed")

    def allow(self, repository: RepositoryId) -> None:
        self._documents.remove(repository.id)
