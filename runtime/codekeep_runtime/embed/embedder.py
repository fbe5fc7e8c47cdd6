"""What every embedder does."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Text to unit vectors. `version` changes with anything that changes a vector (model, revision, preparation)."""

    version: str  # of letters, digits and . _ -, such as "static-1" or "multilingual-e5-small-q4-1"
    dimension: int

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension), rows of length 1.

        Raises:
            EmbedFault: the server refused or could not be reached after its retries.
        """
        ...

    def query(self, text: str) -> NDArray[np.float32]:
        """(dimension,), of length 1."""
        ...
