"""Ingests what the messages of the queue ask for."""

import time
from collections.abc import Mapping, Sequence

from codekeep_contracts.faults import DataFault
from codekeep_contracts.messages import Push, parse_message

from codekeep_runtime.ingest.source import Source
from codekeep_runtime.platform.aws.work_queue import ReceivedMessage, WorkQueue
from codekeep_runtime.platform.runtime import Runtime
from codekeep_runtime.telemetry import emit

BURST = 100  # messages that are handled together
RETRY_SECONDS = 60

Sources = Mapping[tuple[str, str], Source]  # by the link's name, and owner/name


def work_queue(runtime: Runtime, take_seconds: float) -> int:
    """Works until the queue is empty and returns the number of messages done. Failed ones go back to the queue and,
    after some attempts, to its dead-letter queue.

    Raises:
        SettingsFault: there are no settings, or they name no ingest queue.
    """
    queue = runtime.platform.services.ingest_queue()
    done, until = 0, time.monotonic() + take_seconds
    while time.monotonic() < until and (messages := queue.receive(BURST)):
        failed = _work(runtime, queue, messages)
        queue.give_back(failed, RETRY_SECONDS)
        finished = [each for each in messages if each not in failed]
        queue.delete(finished)
        done += len(finished)
    return done


def _work(runtime: Runtime, queue: WorkQueue, messages: Sequence[ReceivedMessage]) -> Sequence[ReceivedMessage]:
    """Ingests each repository once, however many pushes name it, and returns messages whose repository failed.

    If the process is stopped meanwhile, all messages go back at once.
    """
    try:
        with queue.keep_invisible(messages):
            known = {
                (link, f"{source.repository.owner}/{source.repository.name}"): source
                for link, source in runtime.platform.services.sources()
            }
            requested = [(message, _requested(known, message)) for message in messages]
            sources = {source.repository.key: source for _, each in requested for source in each}
            manifest = runtime.ingest(list(sources.values()))
    except BaseException:
        queue.give_back(messages)
        raise
    failed = {failure.repository for failure in manifest.failures}
    return [message for message, each in requested if any(source.repository.key in failed for source in each)]


def _requested(known: Sources, message: ReceivedMessage) -> Sequence[Source]:
    """The sources that a message asks for: none for an invalid one, and for a repository that no Git link
    covers.
    """
    try:
        request = parse_message(message.body)
    except DataFault:
        emit("message-not-understood", component="ingest", level="warning")
        return ()
    if not isinstance(request, Push):
        return list(known.values())
    found = known.get((request.link, request.repository.casefold()))
    return (found,) if found else ()
