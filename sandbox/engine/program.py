"""The user's program as a child process of the engine."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from codekeep_contracts.engine_events import Operation

from sandbox.engine.child import Child, read_lines
from sandbox.engine.reaper import Reaper
from sandbox.engine.request import DeploymentRequest

EXIT_SHOWN = 32  # the program failed and has shown why
_ROOT = Path(__file__).resolve().parents[2]


class RunningProgram(Protocol):
    """A program that registers resources: a child process, or in tests a client in the same process."""

    def wait(self, seconds: float) -> int | None:
        """The exit code; None where it still runs after the time."""
        ...

    def stop(self) -> None: ...


class ProgramProcess:
    """Runs `python -m sandbox.engine.runner` on the program."""

    def __init__(
        self, request: DeploymentRequest, address: str, reaper: Reaper, log: Callable[[str, bool], None]
    ) -> None:
        """`log` gets each line of output, and whether it is of standard error."""
        argv = [
            f"--project={request.project}",
            f"--stack={request.stack}",
            f"--monitor={address}",
            f"--engine={address}",
            f"--parallel={request.parallel}",
            *(["--dry-run"] if request.operation is Operation.PREVIEW else []),
        ]
        environment = {
            "PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH")))),
            **request.environment,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(request.secret_keys)),
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-P", "-m", "sandbox.engine.runner", *argv, "--", *request.program]
        self._child = Child(command, environment, reaper, cwd=request.program_cwd)
        self._readers = [
            read_lines(self._child.process.stdout, lambda line: log(line, False)),
            read_lines(self._child.process.stderr, lambda line: log(line, True)),
        ]

    def wait(self, seconds: float) -> int | None:
        code = self._child.wait(seconds)
        for reader in self._readers if code is not None else ():
            reader.join(5.0)
        return code

    def stop(self) -> None:
        self._child.stop()
