"""A queue of AWS SQS: taken messages stay ours while we work on them, and go back when we do not finish."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

VISIBLE_AGAIN_SECONDS = 900  # components/storage/queues.py; extended at a third of it
BATCH = 10  # SQS's most per request
WAIT_SECONDS = 20  # SQS's longest poll


@dataclass(frozen=True)
class Taken:
    """A message and the receipt that deletes it."""

    body: str
    receipt: str
    received: int  # how often it was taken, this time included


class WorkQueue:
    """One queue.

    Args:
        client: boto3's `sqs` client.
        url: the queue's.
    """

    def __init__(self, client: Any, url: str, visible_again_seconds: int = VISIBLE_AGAIN_SECONDS) -> None:
        self._client, self._url, self._visible_again = client, url, visible_again_seconds

    def send(self, body: str) -> None:
        self._client.send_message(QueueUrl=self._url, MessageBody=body)

    def take(self, most: int, wait_seconds: int = WAIT_SECONDS) -> Sequence[Taken]:
        """What is there now, `most` at most: a burst comes as one. Waits for the first message only."""
        taken: list[Taken] = []
        while len(taken) < most:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(BATCH, most - len(taken)),
                WaitTimeSeconds=0 if taken else wait_seconds,
                VisibilityTimeout=self._visible_again,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
            messages = answer.get("Messages", [])
            if not messages:
                break
            taken.extend(
                Taken(each["Body"], each["ReceiptHandle"], int(each["Attributes"]["ApproximateReceiveCount"]))
                for each in messages
            )
        return taken

    def done(self, messages: Sequence[Taken]) -> None:
        """Deletes them."""
        for batch in _batches(messages):
            self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[{"Id": str(index), "ReceiptHandle": each.receipt} for index, each in enumerate(batch)],
            )

    def give_back(self, messages: Sequence[Taken], after_seconds: int = 0) -> None:
        """Lets another worker have them; after SQS's maximum of attempts they go to the dead letters."""
        self._show_after(messages, after_seconds)

    @contextmanager
    def held(self, messages: Sequence[Taken]) -> Iterator[None]:
        """Keeps them from other workers while the body runs, however long that takes."""
        stopped = threading.Event()

        def extend() -> None:
            while not stopped.wait(self._visible_again / 3):
                self._show_after(messages, self._visible_again)

        thread = threading.Thread(target=extend, name="queue-hold", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def _show_after(self, messages: Sequence[Taken], seconds: int) -> None:
        for batch in _batches(messages):
            self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": each.receipt, "VisibilityTimeout": seconds}
                    for index, each in enumerate(batch)
                ],
            )


def _batches(messages: Sequence[Taken]) -> Iterator[Sequence[Taken]]:
    for start in range(0, len(messages), BATCH):
        yield messages[start : start + BATCH]
