"""Ends a command cleanly when a signal stops it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

TERMINATED = 128 + signal.SIGTERM


def exit_on_sigterm() -> None:
    """Unwinds on SIGTERM, so that resources are closed and messages go back. By default Python would just end."""
    signal.signal(signal.SIGTERM, _exit)


@contextmanager
def until_stopped() -> Iterator[None]:
    """Treats a stop by a signal as success, as for a server."""
    try:
        yield
    except KeyboardInterrupt:
        return
    except SystemExit as end:
        if end.code != TERMINATED:
            raise


def _exit(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    raise SystemExit(TERMINATED)
