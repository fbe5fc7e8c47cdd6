"""One ingest at a time for a data folder. The system releases the lock when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codekeep_contracts.faults import Fault


class BusyFault(Fault):
    """Another ingest uses this data folder."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """
    Raises:
        BusyFault: another process holds the lock.
    """
    descriptor = os.open(folder / "ingest.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise BusyFault(f"another ingest works on {str(folder)!r}; wait for it, or give another folder") from None
    try:
        yield
    finally:
        os.close(descriptor)
