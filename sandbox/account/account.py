"""Starts, stops and finds the server of a sandbox account."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codekeep_contracts.faults import Fault
from codekeep_contracts.file_lock import FileLockedError, file_lock

from sandbox.account.files import IDENTITY_PATH, AccountFiles, ServerRecord

ACCOUNT_ID = "123456789012"  # moto's default: the account of a provider that assumes no role
START_SECONDS = 120.0  # a long journal is replayed before the server listens
STOP_SECONDS = 10.0
PROBE_SECONDS = 2.0
LOG_TAIL_CHARACTERS = 2000
REMOVED_PREFIXES = ("AWS_", "MOTO_")  # variables of the caller that the server must not get


class AccountError(Fault):
    """The account cannot be started, stopped or reached."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """The running account. A new `epoch` means a new account, which started empty."""

    url: str
    account_id: str
    ledger_path: Path
    epoch: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """What `codekeep sandbox status` shows."""

    server: ServerRecord | None  # None where it does not run
    endpoint: Endpoint | None
    recorded: Mapping[str, int]  # resources by type that are recorded in the ledger, but not emulated

    @property
    def running(self) -> bool:
        return self.server is not None


class Account:
    """The account whose files are in `home`. Nothing happens before a method is called."""

    def __init__(self, home: Path) -> None:
        self._files = AccountFiles(Path(home).absolute())

    def ensure(self) -> Endpoint:
        """The running account, started where it does not run.

        Raises:
            AccountError: it does not start.
        """
        record = self._running()
        if record is None:
            with self._locked():
                record = self._running() or self._start()
        return self._endpoint(record)

    def status(self) -> Status:
        """The account's status, without starting it."""
        from sandbox.aws.ledger import count_by_token  # noqa: PLC0415 - the CLI asks for a status rarely
        from sandbox.aws.registry import is_recorded  # noqa: PLC0415

        record = self._running()
        counts = count_by_token(self._files.ledger)
        return Status(
            server=record,
            endpoint=None if record is None else self._endpoint(record),
            recorded={token: count for token, count in counts.items() if is_recorded(token)},
        )

    def stop(self) -> bool:
        """Ends the server; the next start restores the account. False where none was running."""
        with self._locked():
            return self._stop()

    def reset(self) -> None:
        """Ends the server and removes the account: the next one is new and empty."""
        with self._locked():
            self._stop()
            self._files.journal.unlink(missing_ok=True)
            self._files.remove_ledger()

    def lost_since(self, epoch: str) -> bool:
        """Whether the account of that epoch no longer exists: reset, deleted or not restorable."""
        return self.ensure().epoch != epoch

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
        """The recorded server, if the process that listens on its port identifies itself as that run."""
        record = self._files.read_record()
        return record if record is not None and _identity(record.port).get("run") == record.run else None

    def _start(self) -> ServerRecord:
        self._stop()  # a server that hangs still writes to the journal
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
    """Starts the server in its own session, so that neither Ctrl-C nor the caller's end stops it."""
    root = Path(__file__).resolve().parents[2]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(REMOVED_PREFIXES)}
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
    """The identity that the server on this port reports; empty where no server of ours answers."""
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
    """Whether the process with the recorded pid is the one we started: its command line contains the random run id."""
    return record.run in _command_line(record.pid)


def _command_line(pid: int) -> str:
    """The command line of a running process; empty where there is none."""
    if Path("/proc/self").exists():  # small Linux images have no ps
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    listing = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(listing, capture_output=True, text=True, check=False).stdout  # noqa: S603


def _end(record: ServerRecord) -> None:
    """Terminates the server; kills it where it does not end in time."""
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
