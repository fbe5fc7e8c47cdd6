"""Interfaces of an index. tests/runtime/index/conformance.py tests every implementation.

`IndexReader` is what products read from, `IndexWriter` what ingest writes to, `VectorWriter` what embedding fills and
`IndexAdministrator` what maintenance uses. All methods block, and several threads may call them at once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from codekeep_runtime.core import Branch, Chunk, Definition, Import, Reference, RepositoryId, Scope, SourceFile

Vector = NDArray[np.float32]  # (dimension,), of length 1
Vectors = NDArray[np.float32]  # (n, dimension)


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """A reader's own filters. They only ever narrow a scope; None means no filter."""

    repositories: frozenset[RepositoryId] | None = None
    languages: frozenset[str] | None = None
    branches: frozenset[str] | None = None


EVERYTHING = Narrowing()


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk and its score: BM25 of a lexical query, cosine of a semantic one. The two scales do not compare."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, kw_only=True)
class Head:
    """The commit that a branch is indexed at, and when indexing finished (UTC)."""

    commit: str
    indexed_at: datetime


@dataclass(frozen=True, kw_only=True)
class FoundDefinition:
    branch: Branch
    path: str
    definition: Definition


@dataclass(frozen=True, kw_only=True)
class FoundReference:
    branch: Branch
    path: str
    reference: Reference


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Documents that a scope may see. `unembedded` chunks have no vector yet."""

    files: int
    chunks: int
    unembedded: int


class BranchList(Protocol):
    """The branches in an index and their commits."""

    def branches(self) -> Sequence[Branch]:
        """Every branch with a file or a head, sorted."""

    def head(self, branch: Branch) -> Head | None:
        """The indexed commit; None until the branch was indexed once to its end."""


class IndexReader(BranchList, Protocol):
    """Searches. Every method takes a scope and filters inside the query.

    Raises:
        AccessFault: the scope is another tenant's.
    """

    tenant: str

    def lexical(self, scope: Scope, query: str, k: int, narrowing: Narrowing = EVERYTHING) -> Sequence[Hit]:
        """BM25 over split and stemmed identifiers; paths and symbols weigh more. Any text is a valid query."""

    def semantic(self, scope: Scope, vector: Vector, k: int, narrowing: Narrowing = EVERYTHING) -> Sequence[Hit]:
        """Nearest neighbours by cosine."""

    def chunks(self, scope: Scope, ids: Collection[str]) -> Mapping[str, Chunk]:
        """Chunks by id: those that exist and are visible. Citations are checked with it."""

    def file(self, scope: Scope, branch: Branch, path: str) -> Sequence[Chunk]:
        """The chunks of a file in order."""

    def definitions(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        """Definitions by simple name, or by the tail of a qualified name if it contains a dot. Exact and
        case-sensitive.
        """

    def references(self, scope: Scope, name: str) -> Sequence[FoundReference]:
        """Mentions of a simple name."""

    def references_within(self, scope: Scope, branch: Branch, path: str, enclosing: str) -> Sequence[FoundReference]:
        """Mentions inside the definition with that qualified name."""

    def imports(self, scope: Scope, branch: Branch, path: str) -> Sequence[Import]: ...

    def counts(self, scope: Scope) -> Counts: ...


class IndexWriter(BranchList, Protocol):
    """The interface that ingest writes to: the index itself, or the outbox on the way to it."""

    def write(self, branch: Branch, files: Sequence[SourceFile], removed: Collection[str] = ()) -> None:
        """Replaces these files and removes these paths, all or nothing. Idempotent.

        In an index the files are searchable by text when this returns.
        """

    def set_head(self, branch: Branch, head: Head) -> None: ...

    def blobs(self, branch: Branch) -> Mapping[str, str]:
        """Path → blob of every file of the branch. Ingest compares a commit with it."""

    def drop(self, branch: Branch) -> int:
        """Removes a branch with its files, chunks, vectors and symbols; returns the number of chunks, if known."""


class VectorWriter(Protocol):
    def unembedded(self, limit: int) -> Sequence[Chunk]:
        """Chunks without a vector."""

    def put_vectors(self, vectors: Mapping[str, Vector]) -> None:
        """Stores vectors by chunk id; ids that no longer exist are ignored."""


class IndexAdministrator(Protocol):
    """Creation and maintenance."""

    def prepare(self) -> Self:
        """Creates what is missing. Only the indexer of a keep may.

        Raises:
            DataFault: an index of that name exists for another embedder.
        """

    def is_migrating(self) -> bool:
        """Whether an index of another schema or embedder serves, until this one is complete."""

    def is_empty(self) -> bool:
        """Whether nothing was written to this index yet."""

    def digest(self) -> str:
        """SHA-256 over all documents in a fixed order, without commits and times: equal content, equal digest."""

    def snapshot(self, target: Path) -> None:
        """A copy from which `restore` of the same class makes an equal index."""

    def collect_garbage(self) -> int:
        """Removes unused versions of the index and what is left of deleted documents; returns the number of versions.

        Afterwards no file of the index contains text of a deleted document.
        """

    def close(self) -> None: ...


class Index(IndexReader, IndexWriter, VectorWriter, IndexAdministrator, Protocol):
    """One tenant's index of one schema version and one embedding space."""
