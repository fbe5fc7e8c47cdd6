"""How a command ends that is told to: with everything closed, as after Ctrl-C."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

TERMINATED = 128 + signal.SIGTERM


def end_by_sigterm() -> None:
    """What is open is closed and messages go back; without this, SIGTERM ends Python in the middle of a line."""
    signal.signal(signal.SIGTERM, _end)


@contextmanager
def until_told() -> Iterator[None]:
    """Around a server: it ends well by being told to end."""
    try:
        yield
    except KeyboardInterrupt:
        return
    except SystemExit as end:
        if end.code != TERMINATED:
            raise


def _end(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    raise SystemExit(TERMINATED)
