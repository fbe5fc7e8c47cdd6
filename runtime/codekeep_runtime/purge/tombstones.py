"""Repositories that were purged. They are not ingested again until somebody allows it."""

from datetime import datetime

from codekeep_contracts.faults import AccessFault

from codekeep_runtime.access.documents import Documents, update
from codekeep_runtime.core import RepositoryId


class Tombstones:
    """One document per repository, named by its id. Nothing else about the repository is kept."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def add(self, repository_id: str, at: datetime) -> None:
        update(self._documents, repository_id, lambda _: at.isoformat())

    def is_purged(self, repository: RepositoryId) -> bool:
        return self._documents.fingerprint(repository.id) is not None

    def check(self, repository: RepositoryId) -> None:
        """
        Raises:
            AccessFault: it was purged and not allowed again.
        """
        if self.is_purged(repository):
            raise AccessFault(f"repository {repository.key!r} was purged; it is ingested again once that is allowed")

    def allow(self, repository: RepositoryId) -> None:
        self._documents.remove(repository.id)
