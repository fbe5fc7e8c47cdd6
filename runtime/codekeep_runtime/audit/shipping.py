"""Records leave the pod they were made in: each minute its finished segments go to the vault."""

import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from codekeep_contracts import metrics

from codekeep_runtime.audit.log import AuditLog
from codekeep_runtime.audit.vault import Vault
from codekeep_runtime.telemetry import emit
from codekeep_runtime.telemetry.metrics import observe

SHIP_SECONDS = 60.0  # what a node that vanishes takes with it at most


class Shipping:
    """A context manager around the use of a log; its end ships the rest.

    What cannot be shipped stays and is tried again with the next turn; a disk that fills up meanwhile ends answers.

    Args:
        folder: of all chains, as of the log; those that other processes left are shipped too.
    """

    def __init__(self, log: AuditLog, folder: Path, vault: Vault, *, seconds: float = SHIP_SECONDS) -> None:
        self._log, self._folder, self._vault, self._seconds = log, folder, vault, seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="audit-shipping", daemon=True)
        self._shipped: set[Path] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join()
        self._turn()

    def ship(self) -> int:
        """Sends what is finished and not there yet; returns how many segments that were.

        Raises:
            Exception: whatever the store throws; the rest stays for the next time.
        """
        chains = sorted(path for path in self._folder.iterdir() if path.is_dir())
        return sum(self._ship(sorted(chain.glob("*.jsonl"))[:-1]) for chain in chains)  # the last one grows still

    def _ship(self, finished: list[Path]) -> int:
        sent = 0
        for segment in finished:
            if segment not in self._shipped:
                with suppress(FileNotFoundError):  # another process of this pod was quicker
                    sent += self._vault.put(segment.parent.name, segment.name, segment.read_bytes())
                self._shipped.add(segment)
        for segment in finished[:-1]:  # a chain goes on from its last two
            segment.unlink(missing_ok=True)
            self._shipped.discard(segment)
        return sent

    def _work(self) -> None:
        while not self._stopped.wait(self._seconds):
            self._turn()

    def _turn(self) -> None:
        try:
            self._log.rotate()
            self.ship()
        except Exception as error:  # store or disk: records are kept here, and it is told
            emit("audit-not-shipped", component="gateway", level="error", error_kind=type(error).__name__)
            observe(metrics.FAILED_AUDIT_SHIPMENTS, component="gateway")
