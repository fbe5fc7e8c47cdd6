"""The indexer's loop, and where it embeds."""

import signal
import threading
from types import FrameType

from codekeep_contracts.faults import Fault, SettingsFault

from codekeep_runtime.assembly.shared import tombstones_of
from codekeep_runtime.assembly.stores import OUTBOX, code_bucket, open_embedder, open_index
from codekeep_runtime.assembly.syncing import PermissionIntake
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.index.interface import Index
from codekeep_runtime.ingest.embedding import embed_missing, text_of_chunk
from codekeep_runtime.ingest.progress import Counter, Phase, silent
from codekeep_runtime.outbox import Worker
from codekeep_runtime.place import Place
from codekeep_runtime.telemetry import emit

IDLE_SECONDS, FAILED_SECONDS = 5.0, 30.0
QUIET_TURNS = 720  # an hour without anything new ends a full re-index


def run_worker(place: Place, ray_address: str | None, *, is_full: bool, once: bool) -> None:
    """Until SIGTERM, or until nothing is left where `once`; the turn in hand is finished first.

    Raises:
        SettingsFault: there are no settings, or they name no bucket for code.
    """
    if place.settings is None:
        raise SettingsFault("the indexer works in a keep: give --settings")
    embedder = _embedder(place, ray_address)
    index = open_index(place, embedder, writes=True)
    bucket, is_purged = code_bucket(place, OUTBOX), tombstones_of(place).is_put
    worker = Worker(bucket, index, lambda target: _embed(target, embedder), is_purged)
    permissions, stopped, quiet = PermissionIntake(place), _stop_by_signal(), 0
    try:
        if is_full:
            worker.ask_for_everything()
        while not stopped.is_set():
            try:
                done = permissions.turn() + worker.turn()
            except Fault as fault:  # a store or a model that is away for a while: what was taken stays taken
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


def _embed(index: Index, embedder: Embedder) -> int:
    return embed_missing(index, embedder, text_of_chunk, Counter(silent, Phase.EMBED))


def _embedder(place: Place, ray_address: str | None) -> Embedder:
    if place.keep is None:
        return open_embedder(place, None)
    from codekeep_runtime.embed.on_ray import RayEmbedder
    from codekeep_runtime.models.served import ServedModels, served_embedder

    if ray_address is None:
        return open_embedder(place, ServedModels(place.keep, "index"))
    return RayEmbedder(ray_address, served_embedder, place.keep)


def _stop_by_signal() -> threading.Event:
    stopped = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    return stopped
