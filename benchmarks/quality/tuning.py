"""Fits the weights of retrieval/ranking.py on the packages in TUNED_ON.

`python -m benchmarks.quality.tuning [EMBEDDER...]` prints the weights that maximise the likelihood of the right
function among the candidates of its question (a regularised softmax), over the questions of all embedders together.
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

from benchmarks.quality.embedders import DEFAULT, embedder_of
from benchmarks.quality.packages import TUNED_ON
from benchmarks.quality.searches import FUSED, index_of, scope_of
from benchmarks.runtime_quality import corpus

STEPS, REGULARISATION = 1_500, 1e-3

Case = tuple[NDArray[np.float64], int]  # signals of a question's candidates, and the position of the right one


def main(names: Sequence[str]) -> None:
    cases = [case for name in names for case in _cases(embedder_of(name))]
    weights = _fitted(cases)
    print(f"{len(cases)} questions; Signals({', '.join(f'{each:.2f}' for each in weights)})")


def _cases(embedder: Embedder) -> list[Case]:
    chunks, answers = corpus(TUNED_ON)
    scope = scope_of(chunks)
    with tempfile.TemporaryDirectory() as folder:
        index: EmbeddedIndex = index_of(Path(folder), chunks, embedder)
        found = []
        for text, right in answers.items():
            both = candidates(index.lexical(scope, text, FUSED), index.semantic(scope, embedder.query(text), FUSED))
            shortlisted = shortlist(both, SHORTLIST_MIN)
            at = [each.chunk.id for each in shortlisted]
            if right in at:
                found.append((np.array(signals(text, shortlisted)), at.index(right)))
        index.close()
    return found


def _fitted(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Maximises the concave likelihood with Böhning's bound on its curvature, under which every step improves it."""
    scale = np.concatenate([seen for seen, _ in cases]).std(axis=0)
    scaled = [(seen / scale, right) for seen, right in cases]
    curve = sum(_spread(seen) for seen, _ in scaled) / (2 * len(cases)) + 2 * REGULARISATION * np.eye(len(scale))
    weights = np.zeros(len(scale))
    for _ in range(STEPS):
        gradient = sum(_gradient(seen, right, weights) for seen, right in scaled) / len(cases)
        weights += np.linalg.solve(curve, gradient - 2 * REGULARISATION * weights)
    fitted: NDArray[np.float64] = weights / scale
    return fitted


def _spread(seen: NDArray[np.float64]) -> NDArray[np.float64]:
    around = seen - seen.mean(axis=0)
    return around.T @ around


def _gradient(seen: NDArray[np.float64], right: int, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    score = seen @ weights
    chance = np.exp(score - score.max())
    return seen[right] - chance @ seen / chance.sum()


if __name__ == "__main__":
    main(sys.argv[1:] or DEFAULT)
