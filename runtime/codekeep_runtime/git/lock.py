"""A lock that the git commands of a run hold as well: one that outlives its killed run is waited for."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codekeep_runtime.git.faults import LimitFault

LOCK = "codekeep.lock"
_LOOK_SECONDS = 0.02


@contextmanager
def held(folder: Path, seconds: float) -> Iterator[int]:
    """Yields the descriptor that commands must inherit; the system lets go when the last of them has ended.

    Raises:
        LimitFault: somebody held it for so long.
    """
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(lock, time.monotonic() + seconds)
        yield lock
    finally:
        os.close(lock)


def _take(lock: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise LimitFault(
                    "git of an earlier run still works on this mirror; end it, or raise the limit"
                ) from None
            time.sleep(_LOOK_SECONDS)
        else:
            return
