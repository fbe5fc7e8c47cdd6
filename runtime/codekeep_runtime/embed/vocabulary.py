"""The table of word vectors: the rows, and which of them represent a word."""

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

_WORD_CHARACTERS_MAX = 32  # the rest is ignored
_PART_CHARACTERS_MIN = 3
_CACHED_WORDS = 200_000  # that are not in the table
_HASHED_ROWS = 1_024  # for words of which no part is in the table: equal words get equal rows


class Vocabulary:
    """Words and their vectors; a longer vector is a more informative word.

    Args:
        version: embedding-space version.
        words: in the order of the rows.
        rows: (len(words), dimension).
        query_weights: (len(words),), how much each word counts in a query.
    """

    def __init__(
        self, version: str, words: Sequence[str], rows: NDArray[np.float32], query_weights: NDArray[np.float32]
    ) -> None:
        self.version, self.dimension = version, rows.shape[1]
        self._row_of = {word: row for row, word in enumerate(words)}
        length = float(np.median(np.linalg.norm(rows, axis=1)))
        self.rows = np.concatenate([rows, _hashed_rows(self.dimension) * length])
        self.query_weights = np.concatenate(
            [query_weights, np.full(_HASHED_ROWS, np.median(query_weights), np.float32)]
        )
        self._parts = lru_cache(_CACHED_WORDS)(self._split)

    @classmethod
    def load(cls, file: Path | IO[bytes]) -> "Vocabulary":
        with np.load(file, allow_pickle=False) as arrays:
            rows = arrays["rows"].astype(np.float32) * arrays["scale"].astype(np.float32)[:, None]
            words = arrays["words"].tobytes().decode().split("\n")
            return cls(str(arrays["version"]), words, rows, arrays["asked"].astype(np.float32))

    def save(self, file: Path) -> None:
        """Saves numbers with 8 bits: a quarter of the size for a hundredth of the quality."""
        rows = self.rows[:-_HASHED_ROWS]
        scale = (np.abs(rows).max(axis=1) / 127).astype(np.float16)
        np.savez_compressed(
            file,
            version=np.array(self.version),
            words=np.frombuffer("\n".join(self._row_of).encode(), np.uint8),
            rows=np.rint(rows / scale.astype(np.float32)[:, None]).astype(np.int8),
            scale=scale,
            asked=self.query_weights[:-_HASHED_ROWS].astype(np.float16),
        )

    def rows_of(self, word: str) -> tuple[int, ...]:
        """Rows that represent a word: its own where the table has it, else those of its parts."""
        row = self._row_of.get(word)
        return (row,) if row is not None else self._parts(word)

    def _split(self, word: str) -> tuple[int, ...]:
        """The longest parts from the left: `urlparse` → `url`, `parse`."""
        word, parts, start = word[:_WORD_CHARACTERS_MAX], [], 0
        while start < len(word):
            for end in range(len(word), start + _PART_CHARACTERS_MIN - 1, -1):
                if (row := self._row_of.get(word[start:end])) is not None:
                    parts.append(row)
                    start = end
                    break
            else:
                start += 1
        return tuple(parts) or (self._hashed(word),)

    def _hashed(self, word: str) -> int:
        digest = hashlib.blake2b(word.encode(errors="replace"), digest_size=4).digest()
        return len(self._row_of) + int.from_bytes(digest, "big") % _HASHED_ROWS


def _hashed_rows(dimension: int) -> NDArray[np.float32]:
    """Vectors of length 1 in unrelated directions, the same on every machine."""
    signs = [hashlib.shake_128(b"%d" % row).digest(dimension) for row in range(_HASHED_ROWS)]
    bits = np.frombuffer(b"".join(signs), np.uint8).reshape(_HASHED_ROWS, dimension) & 1
    return (bits.astype(np.float32) * 2 - 1) / np.float32(np.sqrt(dimension))


@cache
def shipped_vocabulary() -> Vocabulary:
    """The table that this package contains."""
    with (resources.files(__package__) / "static.npz").open("rb") as file:
        return Vocabulary.load(file)
