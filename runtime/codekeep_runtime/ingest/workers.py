"""Processes that parse. One that dies or hangs costs the file it had in hand, no other."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from types import TracebackType
from typing import Any, Self

from codekeep_runtime.ingest.file_task import Job, Outcome, RawFile, process

Batch = tuple[Job, Sequence[RawFile]]
_AHEAD = 3  # batches per worker that are read and sent before they are needed


class Workers:
    """A context manager. Processes start with the first batch: a run without changes starts none.

    Args:
        count: processes.
        seconds: a file that takes longer is given up.
    """

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._seconds = count, seconds
        self._pool: Any = None
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def outcomes(self, batches: Iterable[Batch], *, few: bool = False) -> Iterator[list[Outcome]]:
        """Of every batch, in order. `few`: one process will do, as starting more takes longer than the work."""
        self._start(1 if few else self._count)
        waiting: deque[tuple[Batch, Any]] = deque()
        for batch in batches:
            waiting.append((batch, self._send(batch)))
            if len(waiting) >= self._size * _AHEAD:
                yield self._finished(*waiting.popleft())
        while waiting:
            yield self._finished(*waiting.popleft())

    def _finished(self, batch: Batch, future: Any) -> list[Outcome]:
        from pebble import ProcessExpired

        job, files = batch
        try:
            done: list[Outcome] = future.result()
        except (FutureTimeout, ProcessExpired, OSError, EOFError) as error:
            if len(files) > 1:  # which of them it was shows when each goes alone
                return [one for file in files for one in self._finished((job, [file]), self._send((job, [file])))]
            kind = "Timeout" if isinstance(error, FutureTimeout) else "WorkerDied"
            return [Outcome(files[0].path, files[0].blob, error_kind=kind)]
        return done

    def _send(self, batch: Batch) -> Any:
        return self._pool.schedule(process, args=list(batch), timeout=self._seconds)

    def _start(self, size: int) -> None:
        from pebble import ProcessPool

        if self._size >= size:
            return
        self._end()
        # Not fork: the index's threads would be copied in the middle of what they do.
        self._pool = ProcessPool(size, context=multiprocessing.get_context("spawn"), initializer=_prepare)
        self._size = size

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool, self._size = None, 0


def _prepare() -> None:
    """Ctrl-C is for the parent to act on; without a parent there is no work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
