"""Chooses the weights of retrieval/ranking.py on the packages that are set aside for it.

`python -m benchmarks.quality.tuning [EMBEDDER...]` prints them: those under which the right function has the greatest
likelihood among the candidates of its question (a softmax over them, a little regularised), for all embedders together.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.retrieval.candidate import candidates
from codekeep_runtime.retrieval.ranking import shortlist, signals
from codekeep_runtime.retrieval.retriever import SHORTLIST_MIN
from numpy.typing import NDArray

from benchmarks.quality.embedders import EVERY_TIME, embedder_of
from benchmarks.quality.packages import TUNED_ON
from benchmarks.quality.searches import FUSED, index_of, scope_of
from benchmarks.runtime_quality import corpus

STEPS, HELD_BACK = 1_500, 1e-3

Case = tuple[NDArray[np.float64], int]  # signals of a question's candidates, and which of them is right


def main(names: Sequence[str]) -> None:
    cases = [case for name in names for case in _cases(embedder_of(name))]
    weights = _fitted(cases)
    print(f"{len(cases)} questions; Signals({', '.join(f'{each:.2f}' for each in weights)})")


def _cases(embedder: Embedder) -> list[Case]:
    chunks, asked = corpus(TUNED_ON)
    scope = scope_of(chunks)
    with tempfile.TemporaryDirectory() as folder:
        index: EmbeddedIndex = index_of(Path(folder), chunks, embedder)
        found = []
        for text, right in asked.items():
            both = candidates(index.lexical(scope, text, FUSED), index.semantic(scope, embedder.query(text), FUSED))
            given = shortlist(both, SHORTLIST_MIN)
            at = [each.chunk.id for each in given]
            if right in at:
                found.append((np.array(signals(text, given)), at.index(right)))
        index.close()
    return found


def _fitted(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Steps by a bound on the curvature (Böhning's): each goes up, the likelihood is concave."""
    scale = np.concatenate([seen for seen, _ in cases]).std(axis=0)
    scaled = [(seen / scale, right) for seen, right in cases]
    curve = sum(_spread(seen) for seen, _ in scaled) / (2 * len(cases)) + 2 * HELD_BACK * np.eye(len(scale))
    weights = np.zeros(len(scale))
    for _ in range(STEPS):
        slope = sum(_slope(seen, right, weights) for seen, right in scaled) / len(cases)
        weights += np.linalg.solve(curve, slope - 2 * HELD_BACK * weights)
    fitted: NDArray[np.float64] = weights / scale
    return fitted


def _spread(seen: NDArray[np.float64]) -> NDArray[np.float64]:
    around = seen - seen.mean(axis=0)
    return around.T @ around


def _slope(seen: NDArray[np.float64], right: int, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    score = seen @ weights
    chance = np.exp(score - score.max())
    return seen[right] - chance @ seen / chance.sum()


if __name__ == "__main__":
    main(sys.argv[1:] or EVERY_TIME)
