"""What retrieval finds."""

from dataclasses import dataclass

from codekeep_runtime.core.chunk import Chunk


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk, its score among those of the same search, and its rank (from 1) in each query; None where not found."""

    chunk: Chunk
    score: float
    lexical_rank: int | None = None
    semantic_rank: int | None = None
