"""One ingest at a time for a data folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codekeep_contracts.faults import Fault
from codekeep_contracts.file_lock import FileLockedError, acquire_file_lock


class BusyFault(Fault):
    """Another ingest uses this data folder."""


@contextmanager
def ingest_lock(folder: Path) -> Iterator[None]:
    """
    Raises:
        BusyFault: another process has the lock.
    """
    try:
        lock = acquire_file_lock(folder / "ingest.lock", wait_seconds=0)
    except FileLockedError:
        raise BusyFault(f"another ingest works on {str(folder)!r}; wait for it, or give another folder") from None
    try:
        yield
    finally:
        os.close(lock)
