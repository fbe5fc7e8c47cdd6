"""The interface of embedders."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns text into unit vectors."""

    version: str
    """Embedding-space version: letters, digits, `.`, `_` and `-`, such as "static-1". Names the index and keys the
    caches, so it changes with everything that changes a vector."""
    dimension: int

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (n, dimension), rows of length 1.

        Raises:
            EmbedFault: the server refused or could not be reached after its retries.
        """
        ...

    def query(self, text: str) -> NDArray[np.float32]:
        """The vector of a query: shape (dimension,), length 1."""
        ...
