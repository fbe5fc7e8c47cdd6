"""Learns rows so that a docstring's vector is nearer to its own function than to the others of a batch."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.distil.bags import Bags, Floats, Indices, gathered

BATCH, NEIGHBOURS = 1_024, 64  # pairs in a batch, of which so many are of one package: those are harder to tell apart
SHARPNESS = 20.0
BACKWARD = 0.3  # weight of telling docstrings apart by the function, against functions by the docstring
RATE, WARM_UP = 0.01, 50
_FIRST, _SECOND, _LEAST = 0.9, 0.99, 1e-3


@dataclass(frozen=True)
class Pairs:
    questions: Bags
    documents: Bags
    packages: Indices


class Learner:
    """`table` holds a vector for each word, `asked` how much it counts in a question."""

    def __init__(self, table: Floats, seed: int) -> None:
        self.table, self.asked = table, np.ones((len(table), 1), np.float32)
        self._random = np.random.default_rng(seed)
        self._table_steps, self._asked_steps = _Steps(self.table), _Steps(self.asked)

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
        asking = Bags(questions.rows, questions.weights * self.asked[questions.rows, 0], questions.lengths)
        asked, asked_lengths = _unit(asking.sums(self.table))
        told, told_lengths = _unit(documents.sums(self.table))
        loss, towards_told, towards_asked = _contrast(asked @ told.T * SHARPNESS)
        by_asked = _through_unit(asked, asked_lengths, towards_told @ told)[asking.owners]
        by_told = _through_unit(told, told_lengths, towards_asked @ asked)[documents.owners]
        by_weight = (by_asked * self.table[asking.rows]).sum(axis=1, keepdims=True) * questions.weights[:, None]
        changes = np.concatenate([by_asked * asking.weights[:, None], by_told * documents.weights[:, None]])
        self._asked_steps.step(*gathered(questions.rows, by_weight), rate)
        self._table_steps.step(*gathered(np.concatenate([asking.rows, documents.rows]), changes), rate)
        return loss


class _Steps:
    """Adam, for the rows that a batch touched."""

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
    """What a change of the unit vector means for the vector before."""
    result: Floats = (change - (change * unit).sum(axis=1, keepdims=True) * unit) / lengths
    return result


def _contrast(likeness: Floats) -> tuple[float, Floats, Floats]:
    """The loss, and its slope by the likeness of each question to each document, and the other way round."""
    forward = np.exp(likeness - likeness.max(axis=1, keepdims=True))
    forward /= forward.sum(axis=1, keepdims=True)
    backward = np.exp(likeness - likeness.max(axis=0, keepdims=True))
    backward /= backward.sum(axis=0, keepdims=True)
    own = np.eye(len(likeness), dtype=np.float32)
    slope: Floats = ((forward - own) + np.float32(BACKWARD) * (backward - own)) * np.float32(SHARPNESS)
    return float(-np.log(np.diag(forward) + 1e-9).mean()), slope, slope.T
