"""Measures of ranked results: nDCG, MRR, recall."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean

DEPTH = 10


@dataclass(frozen=True)
class Measures:
    """Means over all questions, computed from the first ten results."""

    ndcg: float
    mrr: float
    recall: float
    answered: float  # share of questions with at least one right result

    def __str__(self) -> str:
        return f"nDCG@10 {self.ndcg:.3f}  MRR@10 {self.mrr:.3f}  recall@10 {self.recall:.3f}"


def measured(ranked: Sequence[Sequence[Collection[object]]], wanted: Sequence[Collection[object]]) -> Measures:
    """Measures of ranked results.

    Args:
        ranked: for each question its results, best first; each result is the set of answers that it contains.
        wanted: for each question the right answers.
    """
    gains = [_gains(results, set(right)) for results, right in zip(ranked, wanted, strict=True)]
    sizes = [len(right) for right in wanted]
    return Measures(
        ndcg=fmean(_discounted(gain) / _discounted([1] * size) for gain, size in zip(gains, sizes, strict=True)),
        mrr=fmean(next((1 / rank for rank, new in enumerate(gain, start=1) if new), 0.0) for gain in gains),
        recall=fmean(sum(gain) / size for gain, size in zip(gains, sizes, strict=True)),
        answered=fmean(any(gain) for gain in gains),
    )


def _gains(results: Sequence[Collection[object]], right: set[object]) -> list[int]:
    """By rank, 1 where a result contains a right answer that no earlier result contains."""
    gains: list[int] = []
    missing = set(right)
    for result in results[:DEPTH]:
        gains.append(int(bool(missing & set(result))))
        missing -= set(result)
    return gains


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:DEPTH], start=1))
