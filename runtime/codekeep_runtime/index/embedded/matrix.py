"""All vectors in memory, a block for each branch, brought up to date from the database when it has changed."""

import sqlite3
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

STORED = np.float16  # half the file; a cosine moves by less than 0.001
AT_ONCE = 4096  # rows read from the database
LEAST_ROOM = 64
DOT = "ij,j->i"  # by numpy itself: BLAS would wake its threads for each block, and wait for them
NEW = (
    "SELECT v.sequence, v.chunk, c.branch, f.language, v.vector "
    "FROM vectors v JOIN chunks c ON c.row = v.chunk JOIN files f ON f.id = c.file "
    "WHERE v.sequence > ? ORDER BY v.sequence"
)
Vectors = NDArray[np.float32]
_New = tuple[int, int, int, str, bytes]  # a row of NEW


class Block:
    """The vectors of one branch. What a search got of it stays as it was: rows go by way of new arrays."""

    def __init__(self, dimension: int) -> None:
        self._dimension, self._size = dimension, 0
        self._vectors: Vectors = np.empty((0, dimension), np.float32)
        self._rows: NDArray[np.int64] = np.empty(0, np.int64)
        self._languages: NDArray[np.int16] = np.empty(0, np.int16)

    def now(self) -> tuple[Vectors, NDArray[np.int64], NDArray[np.int16]]:
        """Vectors, rows of their chunks, codes of their languages."""
        return self._vectors[: self._size], self._rows[: self._size], self._languages[: self._size]

    def add(self, rows: Sequence[int], languages: Sequence[int], vectors: Vectors) -> None:
        end = self._size + len(rows)
        if end > len(self._rows):
            self._grow(max(end, 2 * self._size, LEAST_ROOM))
        self._vectors[self._size : end] = vectors
        self._rows[self._size : end] = rows
        self._languages[self._size : end] = languages
        self._size = end

    def leave_out(self, rows: Iterable[int]) -> None:
        vectors, own, languages = self.now()
        keep = ~np.isin(own, np.fromiter(rows, np.int64))
        if not keep.all():
            self._vectors, self._rows, self._languages = vectors[keep], own[keep], languages[keep]
            self._size = len(self._rows)

    def _grow(self, room: int) -> None:
        vectors, rows, languages = self.now()
        more = room - self._size
        self._vectors = np.concatenate([vectors, np.empty((more, self._dimension), np.float32)])
        self._rows = np.concatenate([rows, np.empty(more, np.int64)])
        self._languages = np.concatenate([languages, np.empty(more, np.int16)])


class Matrix:
    """Exact search by cosine: only the vectors that may be seen are looked at, and each of them is."""

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
        """(row of the chunk, cosine), best first, of the given branches and languages."""
        with self._lock:
            self._follow(connection)
            blocks = [self._blocks[branch].now() for branch in branches if branch in self._blocks]
            codes = None if languages is None else [self._codes[name] for name in languages if name in self._codes]
        if k < 1 or not blocks:
            return []
        scores = np.concatenate([np.einsum(DOT, vectors, vector) for vectors, _, _ in blocks])
        rows = np.concatenate([each for _, each, _ in blocks])
        if codes is not None:
            spoken = np.isin(np.concatenate([each for _, _, each in blocks]), np.array(codes, np.int16))
            scores, rows = scores[spoken], rows[spoken]
        return _best(scores, rows, k)

    def _follow(self, connection: sqlite3.Connection) -> None:
        gone = connection.execute("SELECT sequence, chunk FROM gone WHERE sequence > ?", (self._gone,)).fetchall()
        if gone:
            self._gone = gone[-1][0]
            rows = [row for _, row in gone]
            for block in self._blocks.values():
                block.leave_out(rows)
        new = connection.execute(NEW, (self._sequence,))
        while batch := new.fetchmany(AT_ONCE):
            self._sequence = batch[-1][0]
            for branch, some in _by_branch(batch).items():
                self._add(self._blocks.setdefault(branch, Block(self._dimension)), some)

    def _add(self, block: Block, some: Sequence[_New]) -> None:
        rows = [row for _, row, *_ in some]
        block.leave_out(rows)  # a chunk that has got another vector
        languages = [self._codes.setdefault(language, len(self._codes)) for *_, language, _ in some]
        vectors = np.frombuffer(b"".join(each[-1] for each in some), STORED).reshape(-1, self._dimension)
        block.add(rows, languages, vectors.astype(np.float32))


def _by_branch(batch: Iterable[_New]) -> Mapping[int, list[_New]]:
    ordered = sorted(batch, key=lambda each: each[2])
    return {branch: list(some) for branch, some in groupby(ordered, key=lambda each: each[2])}


def _best(scores: Vectors, rows: NDArray[np.int64], k: int) -> list[tuple[int, float]]:
    """The k highest; equal ones by row."""
    k = min(k, len(scores))
    if k == 0:
        return []
    best = np.argpartition(-scores, k - 1)[:k]
    order = best[np.lexsort((rows[best], -scores[best]))]
    return [(int(rows[at]), float(scores[at])) for at in order]
