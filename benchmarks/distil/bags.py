"""Texts as weighted bags of rows of a table, stored together in flat arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Bags:
    rows: Indices  # of all texts, concatenated
    weights: Floats
    lengths: Indices  # rows of each text, at least one

    @classmethod
    def of(cls, bags: Sequence[Mapping[int, float]]) -> Self:
        return cls(
            np.fromiter((row for bag in bags for row in bag), np.intp),
            np.fromiter((weight for bag in bags for weight in bag.values()), np.float32),
            np.array([len(bag) for bag in bags], np.intp),
        )

    def take(self, texts: Indices) -> Self:
        ends = np.cumsum(self.lengths)
        at = np.concatenate([np.arange(ends[text] - self.lengths[text], ends[text]) for text in texts])
        return type(self)(self.rows[at], self.weights[at], self.lengths[texts])

    @property
    def owners(self) -> Indices:
        """For each row the number of its text."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def sums(self, table: Floats) -> Floats:
        starts = np.cumsum(self.lengths) - self.lengths
        total: Floats = np.add.reduceat(table[self.rows] * self.weights[:, None], starts, axis=0)
        return total


def gathered(rows: Indices, changes: Floats) -> tuple[Indices, Floats]:
    """Each distinct row, with the sum of its changes."""
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return ordered[starts], np.add.reduceat(changes[order], starts, axis=0)
