"""The user's program as a child process of the engine."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from sandbox.engine.reaper import Reaper, end_process

EXIT_SHOWN = 32  # the program failed and has said why
_ROOT = Path(__file__).resolve().parents[2]


class RunningProgram(Protocol):
    """A program that registers resources: a child process, or in tests a client in this very process."""

    def wait(self, seconds: float) -> int | None:
        """Exit code, None where it still runs after the time."""
        ...

    def stop(self) -> None: ...


class ProgramProcess:
    """Runs `python -m sandbox.engine.runner` on the program."""

    def __init__(
        self,
        *,
        argv: Sequence[str],
        program: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str],
        config: Mapping[str, str],
        secret_keys: frozenset[str],
        reaper: Reaper,
        log: Callable[[str, bool], None],
    ) -> None:
        self._reaper = reaper
        inherited = os.environ.get("PYTHONPATH")
        self._process = subprocess.Popen(  # noqa: S603 - the program that the caller named
            [sys.executable, "-P", "-m", "sandbox.engine.runner", *argv, "--", *program],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(_ROOT), *([inherited] if inherited else [])]),
                **environment,
                "PULUMI_CONFIG": json.dumps(dict(config)),
                "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(secret_keys)),
                "PYTHONUNBUFFERED": "1",
            },
        )
        reaper.watch(self._process.pid)
        self._drains = [self._drain(self._process.stdout, log, False), self._drain(self._process.stderr, log, True)]

    def _drain(self, stream: IO[bytes] | None, log: Callable[[str, bool], None], is_error: bool) -> threading.Thread:
        def run() -> None:
            for line in stream or ():
                log(line.decode(errors="replace").rstrip("\n"), is_error)

        thread = threading.Thread(target=run, name="drain-program", daemon=True)
        thread.start()
        return thread

    def wait(self, seconds: float) -> int | None:
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        for drain in self._drains:
            drain.join(5.0)
        return code

    def stop(self) -> None:
        end_process(self._process)
        self._reaper.forget(self._process.pid)
