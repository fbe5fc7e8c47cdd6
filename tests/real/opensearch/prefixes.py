"""Indexes under separate prefixes, like those of keeps that share a domain."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from codekeep_runtime.index.opensearch import OpenSearchIndex, Store, connect

from tests.runtime.index.files import DIMENSION, TENANT

REGION = "eu-central-1"


@dataclass(frozen=True)
class Prefixes:
    """Opens an index per name, each under its own prefix."""

    url: str
    prefix: str

    @cached_property
    def store(self) -> Store:
        return Store(connect(self.url, REGION))

    @property
    def snapshots(self) -> str:
        return self.prefix.strip("_")

    def at(self, name: str, embedder_version: str = "hash-1") -> OpenSearchIndex:
        """The index object; nothing is created on the server."""
        return OpenSearchIndex(
            self.store, f"{self.prefix}{name}_", TENANT, embedder_version, DIMENSION, snapshots=self.snapshots
        )

    def open(self, name: str, embedder_version: str = "hash-1") -> OpenSearchIndex:
        return self.at(name, embedder_version).prepare()

    def restore(self, snapshot: Path, name: str) -> OpenSearchIndex:
        return self.at(name).restore(snapshot)

    def __getstate__(self) -> dict[str, str]:
        return {"url": self.url, "prefix": self.prefix}  # connections cannot be pickled
