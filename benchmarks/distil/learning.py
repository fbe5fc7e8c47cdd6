"""Trains a table of word vectors so that a docstring's vector is nearest to its own function within a batch."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.distil.bags import Bags, Floats, Indices, gathered

BATCH, NEIGHBOURS = 1_024, 64  # pairs in a batch, in groups of one package, which are harder to tell apart
SHARPNESS = 20.0
BACKWARD = 0.3  # weight of the loss from functions to docstrings, relative to docstrings to functions
RATE, WARM_UP = 0.01, 50
_FIRST, _SECOND, _LEAST = 0.9, 0.99, 1e-3


@dataclass(frozen=True)
class Pairs:
    questions: Bags
    documents: Bags
    packages: Indices


class Learner:
    """`table` has a vector for each word, `question_weights` the weight of each word in a question."""

    def __init__(self, table: Floats, seed: int) -> None:
        self.table, self.question_weights = table, np.ones((len(table), 1), np.float32)
        self._random = np.random.default_rng(seed)
        self._table_steps, self._weight_steps = _Adam(self.table), _Adam(self.question_weights)

    def learn(self, pairs: Pairs, epochs: float, report: Callable[[int, float], None]) -> None:
        steps = int(epochs * len(pairs.packages) // BATCH)
        batches: list[Indices] = []
        for step in range(steps):
            batches = batches or self._batches(pairs.packages)
            batch = batches.pop()
            rate = RATE * min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - step / steps)
            report(step + 1, self._step(pairs.questions.take(batch), pairs.documents.take(batch), rate))

    def _batches(self, packages: Indices) -> list[Indices]:
        order = self._random.permutation(len(packages))
        order = order[np.argsort(packages[order], kind="stable")]
        groups = order[: len(order) // NEIGHBOURS * NEIGHBOURS].reshape(-1, NEIGHBOURS)
        mixed = groups[self._random.permutation(len(groups))].reshape(-1)
        return [mixed[start : start + BATCH] for start in range(0, len(mixed) - BATCH + 1, BATCH)]

    def _step(self, questions: Bags, documents: Bags, rate: float) -> float:
        weights = questions.weights * self.question_weights[questions.rows, 0]
        weighted = Bags(questions.rows, weights, questions.lengths)
        question, question_lengths = _unit(weighted.sums(self.table))
        document, document_lengths = _unit(documents.sums(self.table))
        loss, to_documents, to_questions = _contrast(question @ document.T * SHARPNESS)
        of_questions = _through_unit(question, question_lengths, to_documents @ document)[weighted.owners]
        of_documents = _through_unit(document, document_lengths, to_questions @ question)[documents.owners]
        of_weights = (of_questions * self.table[weighted.rows]).sum(axis=1, keepdims=True) * questions.weights[:, None]
        changes = np.concatenate([of_questions * weighted.weights[:, None], of_documents * documents.weights[:, None]])
        self._weight_steps.step(*gathered(questions.rows, of_weights), rate)
        self._table_steps.step(*gathered(np.concatenate([weighted.rows, documents.rows]), changes), rate)
        return loss


class _Adam:
    """The Adam optimizer; updates only the rows that occur in a batch."""

    def __init__(self, values: Floats) -> None:
        self._values, self._first, self._second = values, np.zeros_like(values), np.zeros_like(values)
        self._count = 0

    def step(self, rows: Indices, changes: Floats, rate: float) -> None:
        self._count += 1
        first = self._first[rows] * _FIRST + changes * (1 - _FIRST)
        second = self._second[rows] * _SECOND + changes * changes * (1 - _SECOND)
        self._first[rows], self._second[rows] = first, second
        size = np.sqrt(second / (1 - _SECOND**self._count)) + _LEAST
        self._values[rows] -= np.float32(rate / (1 - _FIRST**self._count)) * first / size


def _unit(vectors: Floats) -> tuple[Floats, Floats]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True) + np.float32(1e-6)
    return vectors / lengths, lengths


def _through_unit(unit: Floats, lengths: Floats, change: Floats) -> Floats:
    """The gradient of a vector, from the gradient of its unit vector."""
    result: Floats = (change - (change * unit).sum(axis=1, keepdims=True) * unit) / lengths
    return result


def _contrast(similarities: Floats) -> tuple[float, Floats, Floats]:
    """Contrastive loss of a matrix of similarities; its gradient, and the gradient's transpose."""
    forward = np.exp(similarities - similarities.max(axis=1, keepdims=True))
    forward /= forward.sum(axis=1, keepdims=True)
    backward = np.exp(similarities - similarities.max(axis=0, keepdims=True))
    backward /= backward.sum(axis=0, keepdims=True)
    own = np.eye(len(similarities), dtype=np.float32)
    gradient: Floats = ((forward - own) + np.float32(BACKWARD) * (backward - own)) * np.float32(SHARPNESS)
    return float(-np.log(np.diag(forward) + 1e-9).mean()), gradient, gradient.T
