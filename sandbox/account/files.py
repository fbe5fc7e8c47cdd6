"""The files of one sandbox account."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

IDENTITY_PATH = "/codekeep-sandbox"  # the server says there which run it is


@dataclass(frozen=True, kw_only=True)
class ServerRecord:
    """The running server, as it wrote itself down once it could be reached."""

    pid: int
    run: str  # made-up id on the process's command line: tells it from a stranger that got its pid
    port: int
    epoch: str
    started: str  # ISO 8601, UTC
    replayed: int
    failed: int


@dataclass(frozen=True)
class AccountFiles:
    """Paths below the account's home."""

    home: Path

    @property
    def record(self) -> Path:
        return self.home / "account.json"

    @property
    def journal(self) -> Path:
        return self.home / "account.journal"

    @property
    def ledger(self) -> Path:
        return self.home / "ledger.sqlite"

    @property
    def log(self) -> Path:
        return self.home / "account.log"

    def read_record(self) -> ServerRecord | None:
        """None where no server was ever started or it was stopped in order."""
        try:
            return ServerRecord(**json.loads(self.record.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def write_record(self, record: ServerRecord) -> None:
        """Atomically, so that a reader sees the old or the new one."""
        write_atomically(self.record, json.dumps(asdict(record), indent=2) + "\n")

    def remove_ledger(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.ledger}{suffix}").unlink(missing_ok=True)

    @property
    def lock(self) -> Path:
        """Held by whoever starts or stops the server."""
        return self.home / "account.lock"


def write_atomically(path: Path, text: str) -> None:
    """Readable by the owner alone."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
