"""The indexer of a keep: applies steps of the outbox, takes confirmed permissions, and embeds."""

import signal
import threading
from types import FrameType

from codekeep_contracts.faults import Fault
from codekeep_contracts.roles import OUTBOX_FOLDER, PERMISSIONS_FOLDER

from codekeep_runtime.access.documents import update
from codekeep_runtime.access.permissions import Permissions, PermissionStore
from codekeep_runtime.core import RepositoryId
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.outbox import Worker
from codekeep_runtime.outbox.permissions import PermissionHandover
from codekeep_runtime.platform.port import ACCESS, Platform
from codekeep_runtime.telemetry import emit

IDLE_SECONDS, FAILED_SECONDS = 5.0, 30.0
QUIET_TURNS = 720  # an hour without work ends a full re-index
TAKEN = "permissions.taken"  # document with the version of the permissions that were taken last


def run_worker(platform: Platform, ray_address: str | None, *, is_full: bool, once: bool) -> None:
    """Runs until SIGTERM, or with `once` until nothing is left; finishes its current turn first.

    Args:
        is_full: first makes ingest send everything again.

    Raises:
        SettingsFault: there are no settings, or they name no bucket for code.
    """
    objects = platform.services.objects(OUTBOX_FOLDER)
    embedder = platform.indexer_embedder(ray_address)
    index = platform.index(embedder).prepare()
    worker = Worker(objects, index, Embedding(index, embedder).run, platform.tombstones.is_purged)
    permissions, stopped, quiet = PermissionIntake(platform), _stop_by_signal(), 0
    try:
        worker.begin(is_full=is_full)
        while not stopped.is_set():
            try:
                done = permissions.run_once() + worker.run_once()
            except Fault as fault:  # a store or model is unavailable for a while; finished steps stay finished
                emit("index-turn-failed", component="index", level="error", error_kind=type(fault).__name__)
                stopped.wait(FAILED_SECONDS)
                continue
            quiet = 0 if done else quiet + 1
            if once and quiet >= (QUIET_TURNS if is_full else 1):
                return
            if not done:
                stopped.wait(IDLE_SECONDS)
    finally:
        index.close()


class PermissionIntake:
    """Stores confirmed permissions where all pods read them. Opened once, since it polls every few seconds."""

    def __init__(self, platform: Platform) -> None:
        self._handover = PermissionHandover(platform.services.objects(PERMISSIONS_FOLDER))
        self._tombstones, self._documents = platform.tombstones, platform.documents(ACCESS)
        self._permissions = PermissionStore(self._documents)

    def run_once(self) -> bool:
        """Takes newer permissions, if any, without purged repositories; returns whether there were any.

        The version is stored beside them, so that a new pod does not bring back what a purge removed.
        """
        version, taken = self._handover.version(), self._documents.read(TAKEN)
        if version is None or (taken is not None and taken.content == version):
            return False
        reported = self._handover.latest().repositories
        kept = {key: each for key, each in reported.items() if not self._tombstones.is_purged(RepositoryId.parse(key))}
        self._permissions.store(Permissions(repositories=kept))
        update(self._documents, TAKEN, lambda _: version)
        emit("permissions-taken", component="index")
        return True


def _stop_by_signal() -> threading.Event:
    stopped = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    return stopped
