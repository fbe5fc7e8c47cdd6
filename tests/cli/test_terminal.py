"""`up` on a terminal: the table, the question and the answer."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cli.conftest import CODEKEEP, Keep

PATIENCE_SECONDS = 60
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal:
    """A pseudo-terminal in which `codekeep` runs."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int) -> None:
        self.process = process
        self.seen = ""
        self._master = master

    def wait_for(self, words: str) -> None:
        """Reads until the words appear; fails with the output so far."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.seen:
            assert time.monotonic() < deadline, f"no {words!r} in:\n{self.seen}"
            if not self._read():
                assert words in self.seen, f"it ended without {words!r}:\n{self.seen}"

    def type(self, text: str) -> None:
        os.write(self._master, f"{text}\n".encode())

    def end(self) -> int:
        while self._read():
            pass
        return self.process.wait(PATIENCE_SECONDS)

    def _read(self) -> bool:
        if not select.select([self._master], [], [], 0.2)[0]:
            return self.process.poll() is None
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux raises this when the other side closes
            return False
        self.seen += COLOUR.sub("", data.decode(errors="replace"))
        return bool(data)


@contextmanager
def terminal(keep: Keep, *arguments: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*CODEKEEP, *arguments, "--engine", "sandbox"],
        cwd=keep.root,
        env={**keep.environment, "TERM": "xterm", "COLUMNS": "120"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_up_shows_the_changes_and_asks(keep: Keep) -> None:
    keep.write()
    with terminal(keep, "up", "dev") as shown:
        shown.wait_for("Make these changes? [y/N]")
        assert "store (aws:kms/key:Key)" in shown.seen
        assert "3 to create" in shown.seen
        shown.type("n")
        assert shown.end() == 0
        assert "Nothing was changed." in shown.seen
    assert "was never brought up" in keep.sandbox("outputs", "dev", code=2).err

    with terminal(keep, "up", "dev") as shown:
        shown.wait_for("Make these changes? [y/N]")
        shown.type("y")
        assert shown.end() == 0
        assert "3 created" in shown.seen
        assert "keyArn" in shown.seen
        assert "canary" not in shown.seen

    with terminal(keep, "up", "dev") as shown:
        assert shown.end() == 0
        assert "Nothing to change." in shown.seen

    with terminal(keep, "destroy", "dev") as shown:
        shown.wait_for("Type its name to continue")
        shown.type("dev2")
        assert shown.end() == 0
        assert "Nothing was changed." in shown.seen

    with terminal(keep, "destroy", "dev") as shown:
        shown.wait_for("Type its name to continue")
        shown.type("dev")
        assert shown.end() == 0
        assert "destroy of dev succeeded" in shown.seen
