"""Ships finished segments from a pod to the vault each minute."""

import threading
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol, Self

from codekeep_contracts import metrics

from codekeep_runtime.audit.log import AuditLog
from codekeep_runtime.telemetry import emit
from codekeep_runtime.telemetry.metrics import observe

SHIP_SECONDS = 60.0  # records of that time are lost if a node vanishes


class SegmentStore(Protocol):
    def put(self, chain: str, segment: str, content: bytes) -> bool:
        """Stores a segment once. False if it exists: writers may not read, so an auditor verifies its content."""


class SegmentShipper(AbstractContextManager["SegmentShipper"]):
    """A context manager around a log; leaving it ships the rest.

    Segments that cannot be shipped stay and are tried again. If the disk fills up meanwhile, nothing is answered.

    Args:
        folder: of all chains; those that other processes left behind are shipped too.
    """

    def __init__(self, log: AuditLog, folder: Path, vault: SegmentStore, *, seconds: float = SHIP_SECONDS) -> None:
        self._log, self._folder, self._vault, self._seconds = log, folder, vault, seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="audit-shipping", daemon=True)
        self._shipped: set[Path] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._run_once()

    def ship(self) -> int:
        """Sends finished segments; returns how many.

        Raises:
            Exception: any error of the store; the rest stays for the next time.
        """
        chains = sorted(path for path in self._folder.iterdir() if path.is_dir())
        return sum(self._ship(sorted(chain.glob("*.jsonl"))[:-1]) for chain in chains)  # the last one is still written

    def _ship(self, finished: list[Path]) -> int:
        sent = 0
        for segment in finished:
            if segment not in self._shipped:
                with suppress(FileNotFoundError):  # another process of this pod was faster
                    sent += self._vault.put(segment.parent.name, segment.name, segment.read_bytes())
                self._shipped.add(segment)
        for segment in finished[:-1]:  # a chain continues from its last two
            segment.unlink(missing_ok=True)
            self._shipped.discard(segment)
        return sent

    def _work(self) -> None:
        while not self._stopped.wait(self._seconds):
            self._run_once()

    def _run_once(self) -> None:
        try:
            self._log.rotate()
            self.ship()
        except Exception as error:  # of the store or the disk: records stay here
            emit("audit-not-shipped", component="gateway", level="error", error_kind=type(error).__name__)
            observe(metrics.FAILED_AUDIT_SHIPMENTS, component="gateway")
