"""Appends records to an audit chain: on disk before `record` returns, sealed by a signature at intervals."""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from io import FileIO
from pathlib import Path

from codekeep_contracts.audit import AuditRecord
from codekeep_contracts.faults import Fault
from codekeep_contracts.file_lock import FileLockedError, acquire_file_lock

from codekeep_runtime.audit.line import START, TORN, Head, Kind, canonical_json, format_line, parse_line, signed_text
from codekeep_runtime.audit.signer import Signer
from codekeep_runtime.core.files import replace_file
from codekeep_runtime.telemetry import emit

SEAL_RECORDS, SEAL_SECONDS = 1_000, 60.0  # the most that a truncated unsigned tail can hide
SEGMENT_BYTES = 16 * 2**20
CHAINS_MAX = 64  # processes with one name on one folder at a time


class AuditFault(Fault):
    """A record is not on disk, so the access that it records must not happen."""


class AuditLog(AbstractContextManager["AuditLog"]):
    """One chain in `folder/<name>-<n>/`: the first that no other process has locked. Thread-safe.

    `record` returns after fsync; threads that record at the same time share one fsync.

    Args:
        folder: of all chains.
        heads: folder with the last sealed head of each chain, by which truncation is found. Apart from the chains.
        name: of the process's role, an identifier.
        clock: monotonic seconds.

    Raises:
        AuditFault: the chain to continue was altered, or the folder cannot be written.
    """

    _file: FileIO
    _head: Head
    _number: int  # of the segment, from 1
    _size: int  # of the segment in bytes
    _opened = 0  # sequence of the segment's first line, 0 if an earlier process wrote it

    def __init__(
        self,
        folder: Path,
        heads: Path,
        signer: Signer,
        *,
        name: str = "runtime",
        segment_bytes: int = SEGMENT_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._signer, self._clock, self._segment_bytes = signer, clock, segment_bytes
        self._writing, self._syncing = threading.Lock(), threading.Lock()
        self._unsealed, self._sealed_at, self._synced, self._is_broken = 0, clock(), 0, False
        try:
            heads.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock, self._folder = _own_chain(folder, name)
            self.chain = self._folder.name
            self._head_path = heads / f"{self.chain}.json"
            self._resume()
        except OSError as error:
            raise AuditFault(f"audit folder {str(folder)!r} cannot be written ({error.strerror})") from None

    def record(self, record: AuditRecord) -> None:
        """
        Raises:
            AuditFault: it is not on disk.
        """
        with self._writing:
            self._append(Kind.ACCESS, record.fields())
            self._unsealed += 1
            mine, number = self._head.sequence, self._number
        self._sync(mine, number)
        with self._writing:
            if self._unsealed >= SEAL_RECORDS or self._clock() - self._sealed_at >= SEAL_SECONDS:
                self._seal()
            if self._size >= self._segment_bytes:
                self._turn_over()

    def rotate(self) -> None:
        """Seals the segment and begins the next one. Does nothing if nothing was recorded since the last rotation.

        Raises:
            AuditFault: the next segment cannot be begun.
        """
        with self._writing:
            if self._head.sequence > self._opened:
                self._turn_over()

    def close(self) -> None:
        """Seals the end. Idempotent."""
        with self._writing:
            if not self._file.closed:
                self._seal()
                self._file.close()
                os.close(self._lock)

    def __exit__(self, *error: object) -> None:
        self.close()

    def _append(self, kind: Kind, fields: Mapping[str, object]) -> None:
        if self._is_broken or self._file.closed:
            raise AuditFault("the audit log is closed after a failed write; make room on its disk and start again")
        line, head = format_line(self.chain, self._head, kind, fields)
        try:
            self._file.write(line)
        except OSError as error:
            self._undo()
            raise AuditFault(f"the audit record cannot be written ({error.strerror}); nothing is answered") from None
        self._head, self._size = head, self._size + len(line)

    def _undo(self) -> None:
        """Cuts off a partly written line. If that fails, the log refuses all further records."""
        try:
            self._file.truncate(self._size)
            self._file.seek(self._size)
        except OSError:
            self._is_broken = True

    def _sync(self, sequence: int, number: int) -> None:
        with self._syncing:
            if self._synced >= sequence or self._number != number:  # a segment is synced before the next begins
                return
            self._flush()

    def _flush(self) -> None:
        reached = self._head.sequence
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            self._is_broken = (
                True  # after a failed fsync the kernel may drop the data, so a second fsync proves nothing
            )
            raise AuditFault(f"the audit record cannot be written ({error.strerror})") from None
        self._synced = reached

    def _seal(self) -> None:
        if not self._unsealed:
            return
        try:
            signature = self._signer.sign(signed_text(self.chain, self._head))
        except Exception as error:  # the key service is down: records stay, and the next seal covers them
            emit("audit-unsealed", component="gateway", level="error", error_kind=type(error).__name__)
            return
        self._append(Kind.SEAL, {"key": self._signer.key_id, "signature": signature.hex()})
        with self._syncing:
            self._flush()
        replace_file(self._head_path, canonical_json({"chain": self.chain, **self._head._asdict()}))
        self._unsealed, self._sealed_at = 0, self._clock()

    def _turn_over(self) -> None:
        self._seal()
        self._begin(self._number + 1)

    def _begin(self, number: int) -> None:
        with self._syncing:
            if number > 1:
                self._flush()
                self._file.close()
            self._number, self._size = number, 0
            path = self._folder / f"{number:08d}.jsonl"
            self._file = path.open("xb", buffering=0)
        self._append(Kind.OPEN, {"segment": number})
        self._opened = self._head.sequence

    def _resume(self) -> None:
        """Continues after the last complete line. Sets aside a line that a crash cut off, and records its position."""
        segments = sorted(self._folder.glob("*.jsonl"))
        self._head = Head(0, START)
        if not segments:
            self._begin(1)
            return
        last = segments[-1]
        content = last.read_bytes()
        complete, torn = content[: content.rfind(b"\n") + 1], content[content.rfind(b"\n") + 1 :]
        self._head = self._last(complete, segments)
        self._unsealed = 1  # lines after the last seal get one
        self._number, self._size = int(last.stem), len(complete)
        self._file = last.open("r+b", buffering=0)
        self._file.seek(self._size)
        if torn:
            replace_file(self._folder / f"{TORN}{self._head.sequence + 1}", torn)
            self._file.truncate(self._size)
            self._append(Kind.GAP, {"bytes": len(torn)})
            self._flush()

    def _last(self, complete: bytes, segments: list[Path]) -> Head:
        try:
            if not complete:  # cut off in its first line: continues from the segment before
                before = segments[-2].read_bytes() if len(segments) > 1 else b""
                return _head_of(before) if before else Head(0, START)
            return _head_of(complete)
        except (ValueError, KeyError):
            raise AuditFault(
                f"audit chain {self.chain} was altered at its end; run `codekeep-runtime audit verify` "
                f"and move {str(self._folder)!r} aside"
            ) from None


def _head_of(content: bytes) -> Head:
    line = parse_line(content.rstrip(b"\n").rpartition(b"\n")[2])
    return Head(line["sequence"], line["hash"])


def _own_chain(folder: Path, name: str) -> tuple[int, Path]:
    for number in range(CHAINS_MAX):
        path = folder / f"{name}-{number}"
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileLockedError):
            return acquire_file_lock(path / "lock", wait_seconds=0), path
    raise AuditFault(f"{CHAINS_MAX} processes named {name!r} write audit chains already; give this one another name")


def stored_head(path: Path) -> Head:
    """
    Raises:
        ValueError: the file contains no head.
    """
    value = json.loads(path.read_bytes())
    return Head(int(value["sequence"]), str(value["hash"]))
