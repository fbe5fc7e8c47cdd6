"""Starting, stopping and finding the account's server."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codekeep_contracts.file_lock import FileLockedError, file_lock

from sandbox.account.files import IDENTITY_PATH, AccountFiles, ServerRecord

ACCOUNT_ID = "123456789012"  # moto's own: what a provider without a role to assume works in
START_SECONDS = 120.0  # a long journal is replayed before the server listens
STOP_SECONDS = 10.0
PROBE_SECONDS = 2.0
LOG_TAIL_CHARACTERS = 2000
FOREIGN_PREFIXES = ("AWS_", "MOTO_")  # of the caller's environment; the server must not hear them


class AccountError(Exception):
    """The account cannot be started, stopped or reached; the message says the way on."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Where the account is. `epoch` changes when the account is a new, empty one."""

    url: str
    account_id: str
    ledger_path: Path
    epoch: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """What `codekeep sandbox status` shows."""

    running: bool
    endpoint: Endpoint | None
    pid: int | None
    started: str | None
    replayed: int  # requests that brought the account back at the last start
    failed: int  # of those, the ones moto could not carry out again
    recorded: dict[str, int]  # entries of the ledger by type: recorded, not emulated


class Account:
    """The account whose files are in `home`. Cheap to make; nothing happens before a method is called."""

    def __init__(self, home: Path) -> None:
        self._files = AccountFiles(Path(home).absolute())

    def ensure(self) -> Endpoint:
        """The running account, started if need be. Raises AccountError."""
        record = self._running()
        if record is None:
            with self._locked():
                record = self._running() or self._start()
        return self._endpoint(record)

    start = ensure

    def status(self) -> Status:
        """Looks, changes nothing."""
        from sandbox.aws.ledger import count_by_token  # noqa: PLC0415 - the CLI asks for a status rarely
        from sandbox.aws.registry import is_recorded  # noqa: PLC0415

        record = self._running()
        return Status(
            running=record is not None,
            endpoint=None if record is None else self._endpoint(record),
            pid=None if record is None else record.pid,
            started=None if record is None else record.started,
            replayed=0 if record is None else record.replayed,
            failed=0 if record is None else record.failed,
            recorded={
                token: count for token, count in count_by_token(self._files.ledger).items() if is_recorded(token)
            },
        )

    def stop(self) -> bool:
        """Ends the server; the account comes back with the next start. False where none was running."""
        with self._locked():
            return self._stop()

    def reset(self) -> None:
        """Ends the server and forgets the account: the next one is new and empty."""
        with self._locked():
            self._stop()
            self._files.journal.unlink(missing_ok=True)
            self._files.remove_ledger()

    def lost_since(self, epoch: str) -> bool:
        """Whether the account that had this epoch is gone (reset, deleted, or not to be brought back)."""
        return self.ensure().epoch != epoch

    # Helpers

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time starts or stops the server."""
        self._files.home.mkdir(parents=True, exist_ok=True)
        try:
            with file_lock(self._files.lock, wait_seconds=START_SECONDS):
                yield
        except FileLockedError as error:
            raise AccountError(f"the sandbox account is being started or stopped elsewhere: {error}") from None

    def _endpoint(self, record: ServerRecord) -> Endpoint:
        return Endpoint(
            url=f"http://127.0.0.1:{record.port}",
            account_id=ACCOUNT_ID,
            ledger_path=self._files.ledger,
            epoch=record.epoch,
        )

    def _running(self) -> ServerRecord | None:
        """The recorded server, if whatever listens on its port says it is that one."""
        record = self._files.read_record()
        return record if record is not None and _identity(record.port).get("run") == record.run else None

    def _start(self) -> ServerRecord:
        self._stop()  # one that hangs holds the journal
        run = uuid.uuid4().hex
        process = _spawn(self._files, run)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            record = self._files.read_record()
            if record is not None and record.run == run:
                return record
            if process.poll() is not None:
                raise AccountError(
                    f"the sandbox account did not start (exit {process.returncode}):\n{self._log_tail()}"
                )
            time.sleep(0.02)
        process.kill()
        raise AccountError(f"the sandbox account did not start within {START_SECONDS:.0f} s:\n{self._log_tail()}")

    def _stop(self) -> bool:
        record = self._files.read_record()
        if record is None:
            return False
        was_ours = _is_ours(record)
        if was_ours:
            _end(record)
        self._files.record.unlink(missing_ok=True)
        return was_ours

    def _log_tail(self) -> str:
        return self._files.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL_CHARACTERS:]


def _spawn(files: AccountFiles, run: str) -> "subprocess.Popen[bytes]":
    """A process of its own session, so that neither Ctrl-C nor the end of the caller reaches it."""
    root = Path(__file__).resolve().parents[2]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN_PREFIXES)}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), environment.get("PYTHONPATH"))))
    with files.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "sandbox.account.server", "--home", str(files.home), "--run", run],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )


def _identity(port: int) -> dict[str, object]:
    """What the server on this port says it is; empty where none of ours answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", IDENTITY_PATH)
        found = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()
    return found if isinstance(found, dict) else {}


def _is_ours(record: ServerRecord) -> bool:
    """Whether the process with the recorded pid is the one we started: its command line has the made-up run id."""
    return record.run in _command_line(record.pid)


def _command_line(pid: int) -> str:
    """Of a living process; empty where there is none."""
    if Path("/proc/self").exists():  # small Linux images have no ps
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    listing = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(listing, capture_output=True, text=True, check=False).stdout  # noqa: S603


def _end(record: ServerRecord) -> None:
    """Asks, waits, then insists."""
    for signal_, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        try:
            os.kill(record.pid, signal_)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _is_ours(record):
                return
            time.sleep(0.05)
    raise AccountError(f"the sandbox account's server (pid {record.pid}) does not end; end it by hand")
