"""Runs of ingest, as the command line and the queue start them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from codekeep_contracts.faults import AccessFault, DataFault, SettingsFault, UsageFault
from codekeep_contracts.messages import Push, parse

from codekeep_runtime.assembly.shared import tombstones_of
from codekeep_runtime.assembly.sources import linked
from codekeep_runtime.ingest.ingest import Ingest, Options
from codekeep_runtime.ingest.manifest import Failure, Manifest
from codekeep_runtime.ingest.progress import Progress, silent
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.keep.work_queue import Taken
from codekeep_runtime.place import Place
from codekeep_runtime.purge import Tombstones
from codekeep_runtime.telemetry import emit

if TYPE_CHECKING:
    from codekeep_runtime.assembly.runtime import Runtime
    from codekeep_runtime.keep.work_queue import WorkQueue

BURST = 100  # messages that are looked at together
RETRY_SECONDS = 60


def run_ingest(
    runtime: "Runtime",
    sources: Sequence[Source],
    progress: Progress,
    *,
    workers: int | None = None,
    ray: str | None = None,
    allow_purged: bool = False,
) -> Manifest:
    """What was purged is a failure of its own; the rest goes on. In a keep the indexer refuses what was purged.

    Raises:
        BusyFault: another ingest works on this data folder.
        UsageFault: `allow_purged` in a keep, whose ingest does not reach the tombstones.
    """
    if not runtime.place.embedded:
        if allow_purged:
            raise UsageFault(
                "--allow-purged is for one machine; in a keep: purge --allow HOST/OWNER/NAME, by the indexer"
            )
        wanted, refused = list(sources), list[Failure]()
    else:
        wanted, refused = _allowed(tombstones_of(runtime.place), sources, allow_purged=allow_purged)
    options = Options(workers=workers, ray=ray, trusts_index=not runtime.place.embedded)
    ingest = Ingest(runtime.writer, runtime.embedder, runtime.place.folder("ingest"), options)
    manifest = ingest.run(wanted, progress)
    manifest.failures.extend(refused)
    return manifest


def _allowed(
    tombstones: Tombstones, sources: Sequence[Source], *, allow_purged: bool
) -> tuple[list[Source], list[Failure]]:
    wanted, refused = [], []
    for source in sources:
        if allow_purged:
            tombstones.allow(source.repository)
        try:
            tombstones.check(source.repository)
            wanted.append(source)
        except AccessFault as fault:
            kind = type(fault).__name__
            refused.append(Failure(source.repository.key, source.repository.id, kind, f"{fault}: --allow-purged"))
    return wanted, refused


def work_queue(runtime: "Runtime", take_seconds: float) -> int:
    """The number of messages done. One that fails goes back and, after some attempts, to the dead letters.

    Raises:
        SettingsFault: there are no settings, or they name no ingest queue.
    """
    settings = runtime.place.settings
    if settings is None or "ingest" not in settings.queues:
        raise SettingsFault("queues.ingest is not in the settings; `ingest queue` works in a keep: give --settings")
    from codekeep_runtime.keep.aws import client
    from codekeep_runtime.keep.work_queue import WorkQueue

    queue = WorkQueue(client(settings, "sqs"), settings.queues["ingest"].url)
    done, until = 0, time.monotonic() + take_seconds
    while time.monotonic() < until and (taken := queue.take(BURST)):
        failed = _work(runtime, queue, taken)
        queue.give_back(failed, RETRY_SECONDS)
        finished = [each for each in taken if each not in failed]
        queue.done(finished)
        done += len(finished)
    return done


def _work(runtime: "Runtime", queue: "WorkQueue", taken: Sequence[Taken]) -> Sequence[Taken]:
    """Each repository once, however many pushes ask for it: a run brings it to what its branches hold by then.

    Returns messages whose repository failed. Stopped meanwhile, all of them go back at once.
    """
    try:
        with queue.held(taken):
            known = dict(_known(runtime.place))
            wanted = [(message, _asked(known, message)) for message in taken]
            sources = {source.repository.key: source for _, asked in wanted for source in asked}
            manifest = run_ingest(runtime, list(sources.values()), silent)
    except BaseException:
        queue.give_back(taken)
        raise
    failed = {failure.repository for failure in manifest.failures}
    return [message for message, asked in wanted if any(source.repository.key in failed for source in asked)]


def _known(place: Place) -> Iterator[tuple[tuple[str, str], Source]]:
    """By the link's name, and owner and name."""
    for link, source in linked(place):
        yield (link, f"{source.repository.owner}/{source.repository.name}"), source


def _asked(known: Mapping[tuple[str, str], Source], message: Taken) -> Sequence[Source]:
    """One that is no message, or of a repository that the settings do not name, asks for nothing."""
    try:
        told = parse(message.body)
    except DataFault:
        emit("message-not-understood", component="ingest", level="warning")
        return ()
    if not isinstance(told, Push):
        return list(known.values())
    found = known.get((told.link, told.repository.casefold()))
    return (found,) if found else ()
