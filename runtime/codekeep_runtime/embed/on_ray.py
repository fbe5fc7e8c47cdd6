"""Embeds texts on a Ray cluster: each batch is a task."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from codekeep_contracts.metrics import MODEL_REQUESTS_IN_FLIGHT
from numpy.typing import NDArray

from codekeep_runtime.core.ray_cluster import connect_ray
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.telemetry.metrics import observe

TASK_TEXTS = 256  # a worker that dies loses no more than these, and Ray gives them to another
count_load = partial(observe, MODEL_REQUESTS_IN_FLIGHT, component="index", role="embed")
MakeEmbedder = Callable[[Any], Embedder]  # a module's function, so that it can be sent to workers


class RayEmbedder:
    """
    Args:
        address: of Ray's client server, or "local" to start a cluster on this machine.
        make: makes the embedder from `settings`, on each worker and in this process.
    """

    def __init__(self, address: str, make: MakeEmbedder, settings: Any) -> None:
        self._ray, self._make, self._settings = connect_ray(address), make, settings
        self._here = make(settings)
        self.version, self.dimension = self._here.version, self._here.dimension
        self._task = self._ray.remote(max_retries=3)(_documents)

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        parts = [list(texts[start : start + TASK_TEXTS]) for start in range(0, len(texts), TASK_TEXTS)]
        count_load(len(parts))  # here, as workers serve no metrics
        try:
            found = self._ray.get([self._task.remote(self._make, self._settings, part) for part in parts])
        finally:
            count_load(-len(parts))
        return np.concatenate(found) if found else np.zeros((0, self.dimension), np.float32)

    def query(self, text: str) -> NDArray[np.float32]:
        return self._here.query(text)


_embedders: list[Embedder] = []  # of this worker: one at most, as a worker serves one keep


def _documents(make: MakeEmbedder, settings: Any, texts: list[str]) -> NDArray[np.float32]:
    if not _embedders:
        _embedders.append(make(settings))
    return _embedders[0].documents(texts)
