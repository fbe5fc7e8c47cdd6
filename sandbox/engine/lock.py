"""One deployment per stack: a lock file that names its holder, where Pulumi's own file backend looks for locks too."""

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codekeep_contracts.file_lock import file_lock

from sandbox.engine.backend import StackFiles, write_atomically
from sandbox.engine.checkpoint import now

_OURS = "codekeep.json"


@dataclass(frozen=True)
class Holder:
    """Who deploys. The first four fields are those of Pulumi's own lock files."""

    pid: int
    username: str
    hostname: str
    timestamp: str  # RFC 3339
    operation: str
    started: str = ""  # start time of the process in kernel ticks: tells it from a later one with the same pid

    def __str__(self) -> str:
        what = self.operation or "an operation"
        return f"{what} by {self.username}@{self.hostname} (pid {self.pid}), since {self.timestamp}"


class StackLockedError(RuntimeError):
    """Another deployment of the stack is under way; `holder` says whose."""

    def __init__(self, files: StackFiles, holder: Holder, path: Path) -> None:
        super().__init__(
            f"stack {files.stack} is locked: {holder}. Wait for it to end; "
            f"if that process is gone for good, remove {path}"
        )
        self.holder = holder


@contextmanager
def stack_lock(files: StackFiles, operation: str) -> Iterator[Holder | None]:
    """Holds the stack's lock. Yields the dead holder whose lock was taken over, if any. Raises StackLockedError."""
    path = files.locks / _OURS
    with file_lock(files.guard):  # one process at a time looks at the locks and writes its own
        previous = _stale_or_raise(files)
        write_atomically(path, json.dumps(asdict(_myself(operation))).encode())
    try:
        yield previous
    finally:
        path.unlink(missing_ok=True)


def _stale_or_raise(files: StackFiles) -> Holder | None:
    stale = None
    for path in sorted(files.locks.glob("*.json")):
        holder = _read(path)
        if _alive(holder):
            raise StackLockedError(files, holder, path)
        stale = holder
        path.unlink(missing_ok=True)
    return stale


def _read(path: Path) -> Holder:
    data: dict[str, Any] = json.loads(path.read_bytes())
    return Holder(
        pid=int(data["pid"]),
        username=str(data.get("username", "")),
        hostname=str(data.get("hostname", "")),
        timestamp=str(data.get("timestamp", "")),
        operation=str(data.get("operation", "")),
        started=str(data.get("started", "")),
    )


def _myself(operation: str) -> Holder:
    pid = os.getpid()
    return Holder(pid, getpass.getuser(), socket.gethostname(), now(), operation, _start_time(pid))


def _alive(holder: Holder) -> bool:
    """A process of another host cannot be looked at, and so counts as alive."""
    if holder.hostname != socket.gethostname():
        return True
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not holder.started or holder.started == _start_time(holder.pid)


def _start_time(pid: int) -> str:
    """Field 22 of /proc/<pid>/stat; empty where there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
