"""Checkov's own virtual environment: it pins an old boto3, which codekeep cannot live with."""

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
TELL_EVERY = 10
_PINNED = re.compile(r"^[A-Za-z0-9_.\[\]-]+==", re.MULTILINE)

Say = Callable[[str], None]


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

    def ready(self, say: Say) -> Path:
        """Its Python, installed at the first call; `say` hears how far it is. CheckerError where it cannot be."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(self.home / "checkov.lock"):  # two runs at once install once
            if not (self.folder / STAMP).exists():
                shutil.rmtree(self.folder, ignore_errors=True)  # an install that was interrupted
                self._install(say)
                (self.folder / STAMP).touch()
        return self.python

    def _install(self, say: Say) -> None:
        total = len(_PINNED.findall(self.lock.read_text(encoding="utf-8")))
        say(f"Installing Checkov, once: {total} packages into {self.folder}")
        _run([sys.executable, "-m", "venv", str(self.folder)], lambda _: None)
        collected = 0

        def count(line: str) -> None:
            nonlocal collected
            if line.startswith("Collecting "):
                collected += 1
                if collected % TELL_EVERY == 0:
                    say(f"Installing Checkov: {collected} of {total} packages collected")
            elif line.startswith("Installing collected packages"):
                say("Installing Checkov: unpacking")

        options = ["--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary=:all:"]
        _run([str(self.python), "-m", "pip", "install", *options, "-r", str(self.lock)], count)


def _run(command: list[str], hear: Callable[[str], None]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603 - our own interpreter and lock
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        for line in process.stdout:
            lines.append(line.rstrip())
            hear(lines[-1])
    if process.returncode != 0:
        raise CheckerError(
            "its environment could not be made; pip must reach a package index. Run the command again when it does.\n"
            + "\n".join(f"  {line}" for line in lines[-LAST_LINES:])
        )
