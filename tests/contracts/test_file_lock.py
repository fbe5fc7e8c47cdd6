"""The lock between processes is exclusive, can be waited for, and is released when its holder ends or is killed."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from codekeep_contracts.file_lock import FileLockedError, acquire_file_lock, file_lock

HOLD = """
import sys
from pathlib import Path
from codekeep_contracts.file_lock import file_lock

with file_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(path: Path) -> "subprocess.Popen[str]":
    """A process that holds the lock until its standard input closes."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_held_lock_is_refused_at_once_or_after_the_wait(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with holder(path) as process:
        with pytest.raises(FileLockedError, match=str(path)), file_lock(path, wait_seconds=0):
            pass
        started = time.monotonic()
        with pytest.raises(FileLockedError):
            acquire_file_lock(path, wait_seconds=0.3)
        assert time.monotonic() - started >= 0.3
        assert process.stdin is not None
        process.stdin.close()
    with file_lock(path, wait_seconds=0):
        pass


def test_a_waiter_gets_the_lock_after_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    taken = threading.Event()

    def wait() -> None:
        with file_lock(path):
            taken.set()

    with holder(path) as process:
        waiter = threading.Thread(target=wait)
        waiter.start()
        assert not taken.wait(0.2)
        process.kill()
        assert taken.wait(10)
        waiter.join()


@pytest.mark.parametrize("handed_on", [False, True])
def test_a_command_holds_the_lock_only_if_it_inherits_it(tmp_path: Path, handed_on: bool) -> None:
    path = tmp_path / "lock"
    with file_lock(path) as descriptor:
        command = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"],
            stdin=subprocess.PIPE,
            pass_fds=(descriptor,) if handed_on else (),
        )
    with command:
        if handed_on:
            with pytest.raises(FileLockedError):
                acquire_file_lock(path, wait_seconds=0)
        else:
            with file_lock(path, wait_seconds=0):
                pass
        assert command.stdin is not None
        command.stdin.close()
    with file_lock(path, wait_seconds=0):
        pass
