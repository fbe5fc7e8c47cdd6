"""Worker processes that parse. One that crashes or hangs costs only the file it was parsing."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import AbstractContextManager
from typing import Any

from codekeep_runtime.ingest.file_task import Job, Outcome, RawFile, process_files

Batch = tuple[Job, Sequence[RawFile]]
_AHEAD = 3  # batches per worker that are read and sent ahead


class Workers(AbstractContextManager["Workers"]):
    """A context manager. Processes start with the first batch, so a run without changes starts none.

    Args:
        count: processes.
        seconds: a file that takes longer is abandoned.
    """

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._seconds = count, seconds
        self._pool: Any = None
        self._size = 0

    def __exit__(self, *error: object) -> None:
        self._end()

    def outcomes(self, batches: Iterable[Batch], *, is_small: bool = False) -> Iterator[list[Outcome]]:
        """Outcomes of every batch, in order.

        Args:
            is_small: uses one process, since starting more takes longer than the work.
        """
        self._start(1 if is_small else self._count)
        return outcomes_in_order(batches, self._send, self._finished, self._size * _AHEAD)

    def _finished(self, batch: Batch, future: Any) -> list[Outcome]:
        from pebble import ProcessExpired

        job, files = batch
        try:
            done: list[Outcome] = future.result()
        except (FutureTimeout, ProcessExpired, OSError, EOFError) as error:
            if len(files) > 1:  # each alone shows which of them it was
                return [one for file in files for one in self._finished((job, [file]), self._send((job, [file])))]
            kind = "Timeout" if isinstance(error, FutureTimeout) else "WorkerDied"
            return [Outcome(files[0].path, files[0].blob, error_kind=kind)]
        return done

    def _send(self, batch: Batch) -> Any:
        return self._pool.schedule(process_files, args=list(batch), timeout=self._seconds)

    def _start(self, size: int) -> None:
        from pebble import ProcessPool

        if self._size >= size:
            return
        self._end()
        # Not fork: it would copy locks that the index's threads hold.
        self._pool = ProcessPool(size, context=multiprocessing.get_context("spawn"), initializer=_prepare)
        self._size = size
        # Ctrl-C waits until all have started: a process that never gets its start-up data prints a traceback.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._pool.active  # noqa: B018 - starts the processes
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool, self._size = None, 0


def outcomes_in_order(
    batches: Iterable[Batch],
    send: Callable[[Batch], Any],
    finished: Callable[[Batch, Any], list[Outcome]],
    ahead: int,
) -> Iterator[list[Outcome]]:
    """Sends up to `ahead` batches before it waits for the first; outcomes come in the order of the batches."""
    waiting: deque[tuple[Batch, Any]] = deque()
    for batch in batches:
        waiting.append((batch, send(batch)))
        if len(waiting) >= ahead:
            yield finished(*waiting.popleft())
    while waiting:
        yield finished(*waiting.popleft())


def _prepare() -> None:
    """Leaves Ctrl-C to the parent, and exits with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
