"""Parsing on a Ray cluster: the same batches as in processes of one machine, each a task."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from codekeep_runtime.ingest.file_task import Outcome, process
from codekeep_runtime.ingest.workers import Batch
from codekeep_runtime.keep.ray_cluster import joined

_AHEAD = 64  # batches sent before they are needed
_ATTEMPTS = 3  # of a file alone
_DYING_SECONDS = 0.5


class RayWorkers:
    """See ingest.workers.Workers. A file that hurts its worker costs no other: its batch is tried again file by file.

    Args:
        address: of Ray's client server, or "local" for a cluster of this machine's own.
        seconds: a batch of one file that takes longer is given up; one of more is tried again by its files.
    """

    def __init__(self, address: str, seconds: float) -> None:
        self._ray, self._seconds = joined(address), seconds
        self._task = self._ray.remote(max_retries=0)(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The cluster is not this run's: it stays."""

    def outcomes(self, batches: Iterable[Batch], *, few: bool = False) -> Iterator[list[Outcome]]:
        """Of every batch, in order."""
        del few  # the cluster is there already, however little there is to do
        waiting: deque[tuple[Batch, Any]] = deque()
        for batch in batches:
            waiting.append((batch, self._task.remote(*batch)))
            if len(waiting) >= _AHEAD:
                yield self._finished(*waiting.popleft())
        while waiting:
            yield self._finished(*waiting.popleft())

    def _finished(self, batch: Batch, task: Any, attempt: int = 1) -> list[Outcome]:
        errors = self._ray.exceptions
        job, files = batch
        try:
            done: list[Outcome] = self._ray.get(task, timeout=self._seconds * len(files))
        except (errors.RayError, TimeoutError) as error:
            if isinstance(error, TimeoutError):
                self._ray.cancel(task, force=True)
            if len(files) > 1:
                # One after the other: tasks that wait for a worker die with it.
                return [one for file in files for one in self._finished((job, [file]), self._task.remote(job, [file]))]
            if not isinstance(error, TimeoutError) and attempt < _ATTEMPTS:
                time.sleep(_DYING_SECONDS)  # Ray goes on sending tasks to a worker that is dying
                return self._finished(batch, self._task.remote(*batch), attempt + 1)
            kind = "Timeout" if isinstance(error, TimeoutError) else "WorkerDied"
            return [Outcome(files[0].path, files[0].blob, error_kind=kind)]
        return done
