"""The servers end and their files are removed when the process that started them ends or is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.real.kubernetes.installation import Programs

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60.0


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGINT])
def test_the_servers_end_when_their_parent_ends(programs: Programs, death: signal.Signals) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-m", "tests.real.kubernetes"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=_restore_interrupts,  # noqa: PLW1509 - no threads here
    )
    assert starter.stdout is not None
    line = starter.stdout.readline()  # once the cluster is ready
    folder = Path(line.rpartition("=")[2].strip()).parent
    assert (folder / "kubeconfig").exists()
    assert len(_commands_naming(folder)) >= 3  # the supervisor and two servers
    starter.send_signal(death)
    starter.wait(SECONDS)
    deadline = time.monotonic() + SECONDS
    while (left := _commands_naming(folder)) or folder.exists():
        assert time.monotonic() < deadline, left or folder
        time.sleep(0.1)


def _restore_interrupts() -> None:
    """Makes Ctrl-C work again: a shell disables it for background processes, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _commands_naming(folder: Path) -> list[str]:
    listing = subprocess.run(["ps", "-ww", "-eo", "command="], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if str(folder) in line]
