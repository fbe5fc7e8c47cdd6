"""Parses files on a Ray cluster: one task per batch."""

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from codekeep_runtime.core.ray_cluster import connect_ray
from codekeep_runtime.ingest.file_task import Outcome, process_files
from codekeep_runtime.ingest.workers import Batch, outcomes_in_order

_AHEAD = 64  # batches sent ahead
_ATTEMPTS = 3  # for a single file
_DYING_SECONDS = 0.5


class RayWorkers(AbstractContextManager["RayWorkers"]):
    """Same interface as ingest.workers.Workers. After a crash or timeout a batch is tried again file by file.

    Args:
        address: of Ray's client server, or "local" for a cluster on this machine.
        seconds: a single file that takes longer is abandoned.
    """

    def __init__(self, address: str, seconds: float) -> None:
        self._ray, self._seconds = connect_ray(address), seconds
        self._task = self._ray.remote(max_retries=0)(process_files)

    def __exit__(self, *error: object) -> None:
        """Leaves the cluster running; others may use it."""

    def outcomes(self, batches: Iterable[Batch], *, is_small: bool = False) -> Iterator[list[Outcome]]:
        """Outcomes of every batch, in order."""
        del is_small  # the cluster is already running
        return outcomes_in_order(batches, lambda batch: self._task.remote(*batch), self._finished, _AHEAD)

    def _finished(self, batch: Batch, task: Any, attempt: int = 1) -> list[Outcome]:
        errors = self._ray.exceptions
        job, files = batch
        try:
            done: list[Outcome] = self._ray.get(task, timeout=self._seconds * len(files))
        except (errors.RayError, TimeoutError) as error:
            if isinstance(error, TimeoutError):
                self._ray.cancel(task, force=True)
            if len(files) > 1:
                # One after the other: tasks queued at a worker die with it.
                return [one for file in files for one in self._finished((job, [file]), self._task.remote(job, [file]))]
            if not isinstance(error, TimeoutError) and attempt < _ATTEMPTS:
                time.sleep(_DYING_SECONDS)  # Ray still sends tasks to a worker that is dying
                return self._finished(batch, self._task.remote(*batch), attempt + 1)
            kind = "Timeout" if isinstance(error, TimeoutError) else "WorkerDied"
            return [Outcome(files[0].path, files[0].blob, error_kind=kind)]
        return done
