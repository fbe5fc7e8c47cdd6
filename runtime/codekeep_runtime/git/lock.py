"""Locks a mirror. Git commands inherit the lock, so a run waits for commands that outlive an earlier, killed run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codekeep_contracts.file_lock import FileLockedError, file_lock

from codekeep_runtime.git.faults import LimitFault

LOCK = "codekeep.lock"


@contextmanager
def mirror_lock(folder: Path, seconds: float) -> Iterator[int]:
    """Yields the descriptor that commands must inherit; the lock is free once the last of them has ended.

    Raises:
        LimitFault: another run held it for so long.
    """
    try:
        with file_lock(folder / LOCK, wait_seconds=seconds) as descriptor:
            yield descriptor
    except FileLockedError:
        raise LimitFault("git of an earlier run still works on this mirror; end it, or raise the limit") from None
