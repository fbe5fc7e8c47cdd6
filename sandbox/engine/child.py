"""A child process of the engine, in a session of its own, with its output read line by line."""

import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from sandbox.engine.reaper import Reaper, end_process


class Child:
    """A process that starts with the object. Ends with `stop`, or when the engine ends or is killed."""

    def __init__(
        self, argv: Sequence[str], environment: Mapping[str, str], reaper: Reaper, *, cwd: Path | None = None
    ) -> None:
        """Raises OSError where it cannot be started."""
        self._reaper = reaper
        self.process = subprocess.Popen(  # noqa: S603 - the program or plugin that the caller named
            list(argv),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PYTHONUNBUFFERED": "1", **os.environ, **environment},
            start_new_session=True,  # a Ctrl-C in the terminal is for the engine to handle
        )
        reaper.watch(self.process.pid)

    def wait(self, seconds: float) -> int | None:
        """The exit code; None where it still runs after the time."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        end_process(self.process)
        self._reaper.forget(self.process.pid)


def read_lines(stream: IO[bytes] | None, on_line: Callable[[str], None]) -> threading.Thread:
    """Reads the stream in a thread until it closes."""

    def run() -> None:
        for line in stream or ():
            on_line(line.decode(errors="replace").rstrip("\r\n"))

    thread = threading.Thread(target=run, name="read-lines", daemon=True)
    thread.start()
    return thread
