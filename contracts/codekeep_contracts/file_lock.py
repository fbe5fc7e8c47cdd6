"""A lock between processes, on a file. The kernel frees it when the process that has it ends, even by `kill -9`.

Uses `fcntl.flock` directly because a process may pass the descriptor to the commands it starts, which then share the
lock: no lock library offers that.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_POLL_SECONDS: Final = 0.02


class FileLockedError(Exception):
    """Another process had the lock for as long as the caller would wait."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"another process has locked {path}")
        self.path = path


@contextmanager
def file_lock(path: Path, *, wait_seconds: float | None = None) -> Iterator[int]:
    """Holds the lock of `path` for the length of the block. Yields the descriptor; see `acquire_file_lock`.

    Raises:
        FileLockedError: another holder kept it for `wait_seconds`.
    """
    descriptor = acquire_file_lock(path, wait_seconds=wait_seconds)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def acquire_file_lock(path: Path, *, wait_seconds: float | None = None) -> int:
    """Takes the lock of `path`, a file used for nothing else. Makes the file, not its folder.

    Args:
        wait_seconds: how long to wait for another holder. None waits without limit, 0 does not wait.

    Returns:
        The descriptor of the locked file; closing it frees the lock. A command that the process starts does not
        inherit it unless `pass_fds` names it: then the lock is free once both have closed it or ended.

    Raises:
        FileLockedError: another holder kept it for `wait_seconds`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, path, wait_seconds)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _lock(descriptor: int, path: Path, wait_seconds: float | None) -> None:
    if wait_seconds is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise FileLockedError(path) from None
            time.sleep(_POLL_SECONDS)
        else:
            return
