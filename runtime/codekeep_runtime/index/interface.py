"""What every index does. One conformance suite holds all of them to it: tests/runtime/index/conformance.py."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import Definition, Import, Reference

Vector = NDArray[np.float32]  # (dimension,), of length 1
Vectors = NDArray[np.float32]  # (n, dimension)


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What the reader asks to see less of; never widens a scope. None means no wish."""

    repositories: frozenset[RepositoryId] | None = None
    languages: frozenset[str] | None = None
    branches: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk and its score by the query that found it: BM25, or cosine. Scores of two queries do not compare."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a branch is indexed at, and when that was finished (UTC)."""

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
    """Of what a scope may see."""

    files: int
    chunks: int
    unembedded: int


class Index(Protocol):
    """One tenant's index at one schema and one embedder version. Methods block; several threads may call them.

    Everything that reads takes a Scope and filters inside the query. A scope of another tenant raises AccessFault.
    """

    tenant: str
    embedder_version: str
    dimension: int

    # Writing: ingest only.

    def write(self, branch: Branch, files: Sequence[SourceFile], removed: Collection[str] = ()) -> None:
        """Replaces these files, removes these paths, all or nothing; searchable by text when it returns. Idempotent."""
        ...

    def set_head(self, branch: Branch, head: Head) -> None: ...

    def head(self, branch: Branch) -> Head | None: ...

    def branches(self) -> Sequence[Branch]:
        """Every branch with a file or a head, sorted."""
        ...

    def blobs(self, branch: Branch) -> Mapping[str, str]:
        """Path → blob of every file that the index holds of the branch; what ingest compares a commit with."""
        ...

    def drop(self, branch: Branch) -> int:
        """Removes a branch with all that hangs on it, vectors and symbols included; returns the number of chunks."""
        ...

    def unembedded(self, limit: int) -> Sequence[Chunk]:
        """Chunks that have no vector yet."""
        ...

    def put_vectors(self, vectors: Mapping[str, Vector]) -> None:
        """By chunk id; an id that is gone by now is passed over."""
        ...

    # Reading: everything within a scope.

    def lexical(self, scope: Scope, query: str, k: int, narrowing: Narrowing = Narrowing()) -> Sequence[Hit]:
        """BM25 over identifiers split and stemmed; paths and symbols weigh more. Any text is a query; none raises."""
        ...

    def semantic(self, scope: Scope, vector: Vector, k: int, narrowing: Narrowing = Narrowing()) -> Sequence[Hit]:
        """Nearest by cosine."""
        ...

    def chunks(self, scope: Scope, ids: Collection[str]) -> Mapping[str, Chunk]:
        """Those of the ids that exist and may be seen: how a citation is checked."""
        ...

    def file(self, scope: Scope, branch: Branch, path: str) -> Sequence[Chunk]:
        """The chunks of a file in order."""
        ...

    def definitions(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        """By simple name, or by qualified name where it holds a dot (its tail is enough). Exact, case-sensitive."""
        ...

    def references(self, scope: Scope, name: str) -> Sequence[FoundReference]:
        """Mentions of a simple name."""
        ...

    def references_within(self, scope: Scope, branch: Branch, path: str, enclosing: str) -> Sequence[FoundReference]:
        """What the definition of that qualified name mentions."""
        ...

    def imports(self, scope: Scope, branch: Branch, path: str) -> Sequence[Import]: ...

    def counts(self, scope: Scope) -> Counts: ...

    # Keeping.

    def digest(self) -> str:
        """SHA-256 over all documents in a fixed order, commit and head times left out: equal content, equal digest."""
        ...

    def snapshot(self, target: Path) -> None:
        """A copy from which `restore` of the same implementation makes an equal index."""
        ...

    def collect_garbage(self) -> int:
        """Removes what nothing refers to (versions no alias names, vectors of no chunk); returns how many things."""
        ...

    def close(self) -> None: ...
