"""One index per schema version and embedder, and the alias of the one that serves."""

import time
from collections.abc import Collection

from codekeep_contracts.faults import DataFault
from codekeep_contracts.index_names import code_alias, code_index, code_index_pattern
from opensearchpy import RequestError

from codekeep_runtime.index.opensearch.mapping import index_body
from codekeep_runtime.index.opensearch.store import Store, faults_without_text

ALIAS_SECONDS = 1.0  # how long a reader caches the alias
EXISTS = "resource_already_exists_exception"
BESIDE = "--restored"  # suffix of the copy that serves while the own index is restored


class Versions:
    """The indexes of one keep. Their names start with its prefix, and requests name them in the path: its role
    requires both.
    """

    def __init__(self, store: Store, prefix: str, embedder_version: str, dimension: int) -> None:
        self._store, self._prefix = store, prefix
        self._embedder_version, self._dimension = embedder_version, dimension
        self.alias, self.pattern = code_alias(prefix), code_index_pattern(prefix)
        self.own = code_index(prefix, embedder_version)
        self.beside = self.own + BESIDE
        self._served: frozenset[str] = frozenset()
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
        if not self.served_indexes():
            self.publish()

    def served_indexes(self, *, fresh: bool = False) -> frozenset[str]:
        """The indexes behind the alias: one, for a moment two complete ones, or none yet."""
        now = time.monotonic()
        if fresh or not self._served or now - self._checked > ALIAS_SECONDS:
            self._served, self._checked = frozenset(self._indexes_of_alias(self.alias)), now
        return self._served

    def serving(self) -> str | None:
        """The index to read: the own one if it serves."""
        served = self.served_indexes()
        return self.own if self.own in served else min(served, default=None)

    def is_comparable(self, index: str) -> bool:
        """Whether its vectors are of the own embedder; the schema may be another."""
        _, _, embedder = index.removeprefix(self._prefix).removesuffix(BESIDE).partition("-")
        return embedder == self._embedder_version.lower()

    def publish(self, index: str | None = None) -> None:
        """Makes the own index, or the one beside it, serve. The new one is added before the old one is removed."""
        client, new = self._store.client, index or self.own
        with faults_without_text():
            client.indices.put_alias(index=new, name=self.alias)
            for old in self.served_indexes(fresh=True) - {new}:
                client.indices.delete_alias(index=old, name=self.alias)
        self._swapped = time.monotonic()
        self.served_indexes(fresh=True)

    def others(self) -> Collection[str]:
        with faults_without_text():
            return set(self._store.client.indices.get_alias(index=self.pattern)) - {self.own}

    def remove_unused(self) -> int:
        """Deletes indexes that neither serve nor are the own; returns how many."""
        unused = set(self.others()) - self.served_indexes(fresh=True)
        self.discard(unused)
        return len(unused)

    def discard(self, names: Collection[str]) -> None:
        """Deletes those that exist, after waiting for readers that may have cached the old alias."""
        if names:
            time.sleep(max(0.0, self._swapped + 2 * ALIAS_SECONDS - time.monotonic()))
        with faults_without_text():
            for name in sorted(names):
                self._store.client.indices.delete(index=name, params={"ignore_unavailable": "true"})

    def _indexes_of_alias(self, alias: str) -> list[str]:
        with faults_without_text():
            found = self._store.client.indices.get_alias(index=self.pattern)
        return [name for name, facts in found.items() if alias in facts["aliases"]]
