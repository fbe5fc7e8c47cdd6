"""All vectors in memory, one block per branch, updated when the database has changed."""

import sqlite3
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

STORED = np.float16  # half the size; changes a cosine by less than 0.001
BATCH = 4096  # rows read from the database at once
MIN_CAPACITY = 64
DOT = "ij,j->i"  # numpy's own loop: BLAS would wake its threads for each block and wait for them
NEW = (
    "SELECT v.sequence, v.chunk, c.branch, f.language, v.vector "
    "FROM vectors v JOIN chunks c ON c.row = v.chunk JOIN files f ON f.id = c.file "
    "WHERE v.sequence > ? ORDER BY v.sequence"
)
Vectors = NDArray[np.float32]
_New = tuple[int, int, int, str, bytes]  # a row of NEW


class Block:
    """The vectors of one branch. Copy-on-write: arrays handed to a search are never mutated."""

    def __init__(self, dimension: int) -> None:
        self._dimension, self._size = dimension, 0
        self._vectors: Vectors = np.empty((0, dimension), np.float32)
        self._rows: NDArray[np.int64] = np.empty(0, np.int64)
        self._languages: NDArray[np.int16] = np.empty(0, np.int16)

    def arrays(self) -> tuple[Vectors, NDArray[np.int64], NDArray[np.int16]]:
        """Vectors, row ids of their chunks, and codes of their languages."""
        return self._vectors[: self._size], self._rows[: self._size], self._languages[: self._size]

    def add(self, rows: Sequence[int], languages: Sequence[int], vectors: Vectors) -> None:
        end = self._size + len(rows)
        if end > len(self._rows):
            self._grow(max(end, 2 * self._size, MIN_CAPACITY))
        self._vectors[self._size : end] = vectors
        self._rows[self._size : end] = rows
        self._languages[self._size : end] = languages
        self._size = end

    def remove(self, rows: Iterable[int]) -> None:
        vectors, own, languages = self.arrays()
        keep = ~np.isin(own, np.fromiter(rows, np.int64))
        if not keep.all():
            self._vectors, self._rows, self._languages = vectors[keep], own[keep], languages[keep]
            self._size = len(self._rows)

    def _grow(self, capacity: int) -> None:
        vectors, rows, languages = self.arrays()
        more = capacity - self._size
        self._vectors = np.concatenate([vectors, np.empty((more, self._dimension), np.float32)])
        self._rows = np.concatenate([rows, np.empty(more, np.int64)])
        self._languages = np.concatenate([languages, np.empty(more, np.int16)])


class Matrix:
    """Exact search by cosine over all visible vectors, and no others."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._lock = threading.Lock()
        self._blocks: dict[int, Block] = {}
        self._codes: dict[str, int] = {}
        self._sequence = self._gone = 0

    def search(
        self,
        connection: sqlite3.Connection,
        vector: Vectors,
        k: int,
        branches: Collection[int],
        languages: Collection[str] | None = None,
    ) -> Sequence[tuple[int, float]]:
        """(row id of the chunk, cosine), best first, in these branches and languages."""
        with self._lock:
            self._follow(connection)
            blocks = [self._blocks[branch].arrays() for branch in branches if branch in self._blocks]
            codes = None if languages is None else [self._codes[name] for name in languages if name in self._codes]
        if k < 1 or not blocks:
            return []
        scores = np.concatenate([np.einsum(DOT, vectors, vector) for vectors, _, _ in blocks])
        rows = np.concatenate([each for _, each, _ in blocks])
        if codes is not None:
            is_wanted = np.isin(np.concatenate([each for _, _, each in blocks]), np.array(codes, np.int16))
            scores, rows = scores[is_wanted], rows[is_wanted]
        return _best(scores, rows, k)

    def _follow(self, connection: sqlite3.Connection) -> None:
        gone = connection.execute("SELECT sequence, chunk FROM gone WHERE sequence > ?", (self._gone,)).fetchall()
        if gone:
            self._gone = gone[-1][0]
            rows = [row for _, row in gone]
            for block in self._blocks.values():
                block.remove(rows)
        new = connection.execute(NEW, (self._sequence,))
        while batch := new.fetchmany(BATCH):
            self._sequence = batch[-1][0]
            for branch, rows_ in _by_branch(batch).items():
                self._add(self._blocks.setdefault(branch, Block(self._dimension)), rows_)

    def _add(self, block: Block, new: Sequence[_New]) -> None:
        rows = [row for _, row, *_ in new]
        block.remove(rows)  # chunks that got another vector
        languages = [self._codes.setdefault(language, len(self._codes)) for *_, language, _ in new]
        vectors = np.frombuffer(b"".join(each[-1] for each in new), STORED).reshape(-1, self._dimension)
        block.add(rows, languages, vectors.astype(np.float32))


def _by_branch(batch: Iterable[_New]) -> Mapping[int, list[_New]]:
    ordered = sorted(batch, key=lambda each: each[2])
    return {branch: list(rows) for branch, rows in groupby(ordered, key=lambda each: each[2])}


def _best(scores: Vectors, rows: NDArray[np.int64], k: int) -> list[tuple[int, float]]:
    """The k highest scores; ties by row id."""
    k = min(k, len(scores))
    if k == 0:
        return []
    best = np.argpartition(-scores, k - 1)[:k]
    order = best[np.lexsort((rows[best], -scores[best]))]
    return [(int(rows[at]), float(scores[at])) for at in order]
