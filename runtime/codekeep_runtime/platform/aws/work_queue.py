"""A queue of AWS SQS. Messages are invisible to other workers while they are worked on, and come back on failure."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from codekeep_contracts.messages import VISIBLE_AGAIN_SECONDS

BATCH = 10  # SQS's maximum per request
WAIT_SECONDS = 20  # SQS's longest poll


@dataclass(frozen=True)
class ReceivedMessage:
    """A message and the receipt that deletes it. `attempt` counts from 1."""

    body: str
    receipt: str
    attempt: int


class WorkQueue:
    """
    Args:
        client: boto3's `sqs` client.
        url: of the queue.
        visible_again_seconds: of the queue; `keep_invisible` extends it after a third of it.
    """

    def __init__(self, client: Any, url: str, visible_again_seconds: int = VISIBLE_AGAIN_SECONDS) -> None:
        self._client, self._url, self._visible_again = client, url, visible_again_seconds

    def send(self, body: str) -> None:
        self._client.send_message(QueueUrl=self._url, MessageBody=body)

    def receive(self, limit: int, wait_seconds: int = WAIT_SECONDS) -> Sequence[ReceivedMessage]:
        """Up to `limit` messages that are there now, so that a burst comes at once. Waits for the first one only."""
        received: list[ReceivedMessage] = []
        while len(received) < limit:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(BATCH, limit - len(received)),
                WaitTimeSeconds=0 if received else wait_seconds,
                VisibilityTimeout=self._visible_again,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
            messages = answer.get("Messages", [])
            if not messages:
                break
            received.extend(
                ReceivedMessage(each["Body"], each["ReceiptHandle"], int(each["Attributes"]["ApproximateReceiveCount"]))
                for each in messages
            )
        return received

    def delete(self, messages: Sequence[ReceivedMessage]) -> None:
        for batch in _batches(messages):
            self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[{"Id": str(index), "ReceiptHandle": each.receipt} for index, each in enumerate(batch)],
            )

    def give_back(self, messages: Sequence[ReceivedMessage], after_seconds: int = 0) -> None:
        """Makes them visible to other workers; after the queue's maximum of attempts they are dead letters."""
        for batch in _batches(messages):
            self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": each.receipt, "VisibilityTimeout": after_seconds}
                    for index, each in enumerate(batch)
                ],
            )

    @contextmanager
    def keep_invisible(self, messages: Sequence[ReceivedMessage]) -> Iterator[None]:
        """Hides them from other workers while the body runs, however long that takes."""
        stopped = threading.Event()

        def extend() -> None:
            while not stopped.wait(self._visible_again / 3):
                self.give_back(messages, self._visible_again)

        thread = threading.Thread(target=extend, name="queue-hold", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


def _batches(messages: Sequence[ReceivedMessage]) -> Iterator[Sequence[ReceivedMessage]]:
    for start in range(0, len(messages), BATCH):
        yield messages[start : start + BATCH]
