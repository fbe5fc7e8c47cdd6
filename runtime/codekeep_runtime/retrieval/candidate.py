"""What both queries found, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.index.interface import Hit


@dataclass(frozen=True, slots=True)
class Candidate:
    """Scores of the two queries do not compare. By words: 0 (or not found) to 1 (the best). By meaning: how many
    standard deviations above the mean, for any two texts mean something alike; not found is as the last that was.
    """

    chunk: Chunk
    by_words: float
    by_meaning: float
    lexical_rank: int | None  # from 1
    semantic_rank: int | None


def candidates(lexical: Sequence[Hit], semantic: Sequence[Hit]) -> list[Candidate]:
    """Each chunk once, in no order that means anything."""
    by_words, by_meaning = _stretched(lexical), _standardised(semantic)
    least = min(by_meaning.values(), default=0.0)
    word_ranks, meaning_ranks = _ranks(lexical), _ranks(semantic)
    chunks = {hit.chunk.id: hit.chunk for hit in (*lexical, *semantic)}
    return [
        Candidate(
            chunk, by_words.get(key, 0.0), by_meaning.get(key, least), word_ranks.get(key), meaning_ranks.get(key)
        )
        for key, chunk in chunks.items()
    ]


def _stretched(hits: Sequence[Hit]) -> dict[str, float]:
    if not hits:
        return {}
    least, most = hits[-1].score, hits[0].score
    return {hit.chunk.id: (hit.score - least) / (most - least) if most > least else 1.0 for hit in hits}


def _standardised(hits: Sequence[Hit]) -> dict[str, float]:
    if not hits:
        return {}
    mean, deviation = fmean(hit.score for hit in hits), pstdev(hit.score for hit in hits)
    return {hit.chunk.id: (hit.score - mean) / deviation if deviation else 0.0 for hit in hits}


def _ranks(hits: Sequence[Hit]) -> dict[str, int]:
    return {hit.chunk.id: rank for rank, hit in enumerate(hits, start=1)}
