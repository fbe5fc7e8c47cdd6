"""Results of a search, and the interface by which products search."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from codekeep_runtime.core import Chunk, Scope
from codekeep_runtime.index.interface import Narrowing


@dataclass(frozen=True, slots=True)
class FoundChunk:
    """A chunk, its score among those of the same search, and its rank (from 1) in each query; None where not found."""

    chunk: Chunk
    score: float
    lexical_rank: int | None = None
    semantic_rank: int | None = None


class ScoredChunk(Protocol):
    @property
    def chunk(self) -> Chunk: ...

    @property
    def score(self) -> float: ...


class ChunkSearch(Protocol):
    def search(self, scope: Scope, text: str, k: int, narrowing: Narrowing) -> Sequence[ScoredChunk]:
        """Returns at most k chunks of the scope, best first."""
        ...
