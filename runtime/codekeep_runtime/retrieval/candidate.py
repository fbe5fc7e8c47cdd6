"""Merges the hits of the lexical and the semantic query."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from codekeep_runtime.core import Chunk
from codekeep_runtime.index.interface import Hit


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk and its normalised scores; the raw scores of the two queries do not compare.

    Args:
        lexical_score: from 0 (the worst, or not found) to 1 (the best).
        semantic_score: standard deviations above the mean, as any two texts are somewhat similar. A chunk that was not
            found counts as the last one that was.
        lexical_rank, semantic_rank: from 1; None where not found.
    """

    chunk: Chunk
    lexical_score: float
    semantic_score: float
    lexical_rank: int | None
    semantic_rank: int | None


def candidates(lexical: Sequence[Hit], semantic: Sequence[Hit]) -> list[Candidate]:
    """Returns each chunk once, in no particular order."""
    lexical_scores, semantic_scores = _scaled(lexical), _standardised(semantic)
    lexical_ranks, semantic_ranks = _ranks(lexical), _ranks(semantic)
    lowest = min(semantic_scores.values(), default=0.0)
    chunks = {hit.chunk.id: hit.chunk for hit in (*lexical, *semantic)}
    return [
        Candidate(
            chunk,
            lexical_scores.get(key, 0.0),
            semantic_scores.get(key, lowest),
            lexical_ranks.get(key),
            semantic_ranks.get(key),
        )
        for key, chunk in chunks.items()
    ]


def _scaled(hits: Sequence[Hit]) -> dict[str, float]:
    if not hits:
        return {}
    lowest, highest = hits[-1].score, hits[0].score
    return {hit.chunk.id: (hit.score - lowest) / (highest - lowest) if highest > lowest else 1.0 for hit in hits}


def _standardised(hits: Sequence[Hit]) -> dict[str, float]:
    if not hits:
        return {}
    mean, deviation = fmean(hit.score for hit in hits), pstdev(hit.score for hit in hits)
    return {hit.chunk.id: (hit.score - mean) / deviation if deviation else 0.0 for hit in hits}


def _ranks(hits: Sequence[Hit]) -> dict[str, int]:
    return {hit.chunk.id: rank for rank, hit in enumerate(hits, start=1)}
