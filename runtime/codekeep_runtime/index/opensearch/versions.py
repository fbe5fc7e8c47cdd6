"""One index per schema version and embedder, and the document that says which one serves.

Not an alias: OpenSearch lets whoever may name aliases of an index give it any name, and so another tenant's
(docs/decisions/0022-search-roles.md).
"""

import time
from collections.abc import Collection

from codekeep_contracts.faults import DataFault
from codekeep_contracts.index_names import code_index, code_index_pattern
from opensearchpy import RequestError

from codekeep_runtime.access.documents import update
from codekeep_runtime.index.opensearch.access_documents import AccessDocuments
from codekeep_runtime.index.opensearch.mapping import index_body
from codekeep_runtime.index.opensearch.store import EXISTS, Store, faults_without_text

SERVING_SECONDS = 1.0  # how long a reader caches which index serves
FOLDER, SERVING = "index", "serving"
BESIDE = "--restored"  # suffix of the copy that serves while the own index is restored


class Versions:
    """The indexes of one keep. Their names start with its prefix, and requests name them in the path: its role
    requires both.
    """

    def __init__(self, store: Store, prefix: str, embedder_version: str, dimension: int) -> None:
        self._store, self._prefix = store, prefix
        self._embedder_version, self._dimension = embedder_version, dimension
        self._documents = AccessDocuments(store, prefix, FOLDER)
        self.pattern = code_index_pattern(prefix)
        self.own = code_index(prefix, embedder_version)
        self.beside = self.own + BESIDE
        self._served: str | None = None
        self._checked = self._swapped = float("-inf")

    def make(self) -> None:
        """Creates the own index if it is missing. It serves at once if none does.

        Raises:
            DataFault: an index of this name exists for another embedder.
        """
        client = self._store.client
        with faults_without_text():
            try:
                if not client.indices.exists(index=self.own):
                    client.indices.create(index=self.own, body=index_body(self._embedder_version, self._dimension))
            except RequestError as error:
                if error.error != EXISTS:  # another process was first
                    raise
            found = client.indices.get_mapping(index=self.own)[self.own]["mappings"]["_meta"]
        if (found["embedder"], found["dimension"]) != (self._embedder_version, self._dimension):
            raise DataFault(f"index {self.own} is of embedder {found['embedder']} with {found['dimension']} dimensions")
        if self.served_index() is None:
            self.publish()

    def served_index(self, *, fresh: bool = False) -> str | None:
        """The index that serves; None if there is none yet, or it was lost."""
        now = time.monotonic()
        if fresh or self._served is None or now - self._checked > SERVING_SECONDS:
            self._served, self._checked = self._look_up(), now
        return self._served

    def is_comparable(self, index: str) -> bool:
        """Whether its vectors are of the own embedder; the schema may be another."""
        _, _, embedder = index.removeprefix(self._prefix).removesuffix(BESIDE).partition("-")
        return embedder == self._embedder_version.lower()

    def publish(self, index: str | None = None) -> None:
        """Makes the own index, or the one beside it, serve."""
        new = index or self.own
        update(self._documents, SERVING, lambda old: None if old == new else new)
        self._swapped = time.monotonic()
        self.served_index(fresh=True)

    def others(self) -> Collection[str]:
        with faults_without_text():
            found = self._store.client.indices.get_settings(index=self.pattern, name="index.uuid")
        return set(found) - {self.own}

    def remove_unused(self) -> int:
        """Deletes indexes that neither serve nor are the own; returns how many."""
        unused = set(self.others()) - {self.served_index(fresh=True)}
        self.discard(unused)
        return len(unused)

    def discard(self, names: Collection[str]) -> None:
        """Deletes those that exist, after waiting for readers that may have cached what served before."""
        if names:
            time.sleep(max(0.0, self._swapped + 2 * SERVING_SECONDS - time.monotonic()))
        with faults_without_text():
            for name in sorted(names):
                self._store.client.indices.delete(index=name, params={"ignore_unavailable": "true"})

    def _look_up(self) -> str | None:
        if (found := self._documents.read(SERVING)) is None:
            return None
        with faults_without_text():
            return found.content if self._store.client.indices.exists(index=found.content) else None
