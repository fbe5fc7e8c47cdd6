"""Checkov's own virtual environment: it pins an old boto3, which codekeep cannot use."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codekeep_contracts.file_lock import file_lock

from policies.checker import CheckerError

LOCK = Path(__file__).resolve().parents[3] / "requirements" / "checkov.txt"
STAMP = ".complete"
LAST_LINES = 6
REPORTED_EVERY = 10  # packages
_PINNED = re.compile(r"^[A-Za-z0-9_.\[\]-]+==", re.MULTILINE)

OnProgress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One environment for each lock and Python version, so that an update makes a new one beside the old."""

    home: Path
    lock: Path = LOCK

    @property
    def folder(self) -> Path:
        digest = hashlib.sha256(self.lock.read_bytes()).hexdigest()[:12]
        return self.home / f"checkov-{digest}-py{sys.version_info.major}{sys.version_info.minor}"

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def ready(self, on_progress: OnProgress) -> Path:
        """Path of the environment's Python, installed at the first call.

        Raises:
            CheckerError: it cannot be installed.
        """
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(self.home / "checkov.lock"):  # two runs at once install once
            if not (self.folder / STAMP).exists():
                shutil.rmtree(self.folder, ignore_errors=True)  # an interrupted install
                self._install(on_progress)
                (self.folder / STAMP).touch()
        return self.python

    def _install(self, on_progress: OnProgress) -> None:
        total = len(_PINNED.findall(self.lock.read_text(encoding="utf-8")))
        on_progress(f"Installing Checkov, once: {total} packages into {self.folder}")
        _run([sys.executable, "-m", "venv", str(self.folder)], lambda _: None)
        collected = 0

        def count(line: str) -> None:
            nonlocal collected
            if line.startswith("Collecting "):
                collected += 1
                if collected % REPORTED_EVERY == 0:
                    on_progress(f"Installing Checkov: {collected} of {total} packages collected")
            elif line.startswith("Installing collected packages"):
                on_progress("Installing Checkov: unpacking")

        options = ["--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary=:all:"]
        _run([str(self.python), "-m", "pip", "install", *options, "-r", str(self.lock)], count)


def _run(command: list[str], on_line: Callable[[str], None]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603 - our own interpreter and lock
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        for line in process.stdout:
            lines.append(line.rstrip())
            on_line(lines[-1])
    if process.returncode != 0:
        raise CheckerError(
            "its environment could not be made; pip must reach a package index. Run the command again when it does.\n"
            + "\n".join(f"  {line}" for line in lines[-LAST_LINES:])
        )
