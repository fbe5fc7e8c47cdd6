"""Embedding on a Ray cluster: the same batches as on one machine, each a task."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codekeep_runtime.core.ray_cluster import joined
from codekeep_runtime.embed.embedder import Embedder

TASK_TEXTS = 256  # one task's; a worker that dies costs no more than that, and Ray gives it to another
Make = Callable[[Any], Embedder]  # a function of a module, for it goes to the workers


class RayEmbedder:
    """
    Args:
        address: of Ray's client server, or "local" for a cluster of this machine's own.
        make: makes the embedder from `settings`, on a worker and here.
    """

    def __init__(self, address: str, make: Make, settings: Any) -> None:
        self._ray, self._make, self._settings = joined(address), make, settings
        self._here = make(settings)
        self.version, self.dimension = self._here.version, self._here.dimension
        self._task = self._ray.remote(max_retries=3)(_documents)

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        parts = [list(texts[start : start + TASK_TEXTS]) for start in range(0, len(texts), TASK_TEXTS)]
        waiting = [self._task.remote(self._make, self._settings, part) for part in parts]
        found = self._ray.get(waiting)
        return np.concatenate(found) if found else np.zeros((0, self.dimension), np.float32)

    def query(self, text: str) -> NDArray[np.float32]:
        return self._here.query(text)


_kept: dict[int, tuple[Any, Embedder]] = {}  # a worker serves one keep: its embedder is made once


def _documents(make: Make, settings: Any, texts: list[str]) -> NDArray[np.float32]:
    if not _kept:
        _kept[0] = (settings, make(settings))
    return _kept[0][1].documents(texts)
