"""Kills the engine's child processes when the engine dies: a small process that acts once its standard input closes."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

# Reads "+pid" and "-pid" lines; at the end of input, which comes however the engine dies, kills the groups listed.
_SCRIPT = """
import os, signal, sys
alive = set()
for line in sys.stdin:
    (alive.add if line[0] == "+" else alive.discard)(int(line[1:]))
for pid in alive:
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass
"""


class Reaper:
    """Watches process groups. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def watch(self, pid: int) -> None:
        self._write(f"+{pid}\n")

    def forget(self, pid: int) -> None:
        self._write(f"-{pid}\n")

    def close(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with self._lock, contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.wait()

    def _write(self, line: str) -> None:
        with self._lock, contextlib.suppress(BrokenPipeError):
            self._process = self._process or _start()
            if self._process.stdin is not None:
                self._process.stdin.write(line)
                self._process.stdin.flush()


def _start() -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - the script above
        [sys.executable, "-I", "-S", "-c", _SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )


def end_process(process: subprocess.Popen[bytes], *, grace_seconds: float = 5.0) -> None:
    """Terminates a child that leads its own session, and its children; kills them after the grace time."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
