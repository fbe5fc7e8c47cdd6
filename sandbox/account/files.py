"""The files of one sandbox account."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.files import write_atomically

IDENTITY_PATH = "/codekeep-sandbox"  # URL path of the server's identity


@dataclass(frozen=True, kw_only=True)
class ServerRecord:
    """The running server, written by itself once it accepts requests."""

    pid: int
    run: str  # random id on the process's command line: tells it from a later process with the same pid
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
    def lock(self) -> Path:
        """Held while the server is started or stopped."""
        return self.home / "account.lock"

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
        """None where no server was ever started, or the last one was stopped."""
        try:
            return ServerRecord(**json.loads(self.record.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def write_record(self, record: ServerRecord) -> None:
        """Atomically: a reader sees the old or the new record."""
        write_atomically(self.record, f"{json.dumps(asdict(record), indent=2)}\n".encode())

    def remove_ledger(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.ledger}{suffix}").unlink(missing_ok=True)
