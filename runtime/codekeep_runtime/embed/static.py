"""Embeds with a table of word vectors: no network, no model to run, thousands of chunks a second.

The table was learned from docstrings and the code they describe (docs/decisions/0013-static-embedder.md), so that the
words of a question are near the words of code that answers it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from codekeep_runtime.embed.vocabulary import Vocabulary, shipped_vocabulary
from codekeep_runtime.index.analysis import words

HEADING_WEIGHT = 3.0  # of a word that names a chunk, against a word within it; the table was learned with it
_BATCH = 128  # texts, whose rows take some MB
_DAMPED = [0.0, *(1 + math.log(count) for count in range(1, 2_001))]  # a text has at most 2,000 words
Bag = dict[int, float]  # row → weight


class StaticEmbedder:
    """Embeds a text as the weighted sum of its words' vectors, normalised to length 1. Several threads may use one."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self._vocabulary = vocabulary or shipped_vocabulary()
        self.version = self._vocabulary.version
        self.dimension = self._vocabulary.dimension

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The first of several lines is a heading, as `embedding_text` writes it, and counts more."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _BATCH):
            some = texts[start : start + _BATCH]
            vectors[start : start + len(some)] = self._sums([self.bag_of_document(text) for text in some])
        return vectors

    def query(self, text: str) -> NDArray[np.float32]:
        bag = self.bag(words(text))
        factors = self._vocabulary.query_weights
        weighted = {row: weight * float(factors[row]) for row, weight in bag.items()}
        vector: NDArray[np.float32] = self._sums([weighted])[0]
        return vector

    def bag_of_document(self, text: str) -> Bag:
        heading, _, body = text.partition("\n")
        if not body:
            return self.bag(words(heading))
        bag = self.bag(words(body))
        for row, weight in self.bag(words(heading)).items():
            bag[row] = bag.get(row, 0.0) + HEADING_WEIGHT * weight
        return bag

    def bag(self, words_of_text: Iterable[str]) -> Bag:
        """Rows of the table and their weights for a text; a repeated word adds less each time."""
        counts: Counter[int] = Counter()
        for word, count in Counter(words_of_text).items():
            for row in self._vocabulary.rows_of(word):
                counts[row] += count
        return {row: _DAMPED[min(count, len(_DAMPED) - 1)] for row, count in counts.items()}

    def _sums(self, bags: Sequence[Bag]) -> NDArray[np.float32]:
        """A vector of length 1 for each bag. A text without words counts as the one empty word."""
        bags = [bag or dict.fromkeys(self._vocabulary.rows_of(""), 1.0) for bag in bags]
        rows = np.fromiter((row for bag in bags for row in bag), np.intp)
        weights = np.fromiter((weight for bag in bags for weight in bag.values()), np.float32)
        starts = np.cumsum([0, *(len(bag) for bag in bags[:-1])])
        sums = np.add.reduceat(self._vocabulary.rows[rows] * weights[:, None], starts, axis=0)
        lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.float32(1e-9))
        result: NDArray[np.float32] = (sums / lengths).astype(np.float32)
        return result
