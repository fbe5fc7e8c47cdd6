"""Handles Ctrl-C: the first stops cleanly, the second kills."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

KILLED = 130  # what a shell reports for a process ended by Ctrl-C


@contextmanager
def cancel_event() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C (or SIGTERM) sets. The second ends the process at once; the sandbox engine's
    children end with it, the pulumi CLI goes on."""
    cancel = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        if cancel.is_set():
            os._exit(KILLED)
        cancel.set()
        click.echo("Stopping: steps in progress are finished first. Ctrl-C again to kill.", err=True)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
