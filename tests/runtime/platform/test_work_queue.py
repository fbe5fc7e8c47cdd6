"""The work queue on SQS: bursts are received together, unfinished messages return, finished ones are deleted."""

import time
from typing import Any

import pytest
from codekeep_contracts.faults import DataFault
from codekeep_contracts.messages import Push, Refresh, parse_message
from codekeep_runtime.platform.aws.work_queue import WorkQueue

from components.storage.queues import REFRESH_MESSAGE

COMMIT = "0" * 39 + "1"


@pytest.fixture
def queue(aws: Any) -> WorkQueue:
    client = aws("sqs")
    return WorkQueue(client, client.create_queue(QueueName="ingest")["QueueUrl"])


def test_a_burst_is_received_together_up_to_the_limit(queue: WorkQueue) -> None:
    for number in range(25):
        queue.send(f"message {number}")
    taken = queue.receive(20, wait_seconds=0)
    assert len(taken) == 20
    assert {each.attempt for each in taken} == {1}
    assert len(queue.receive(20, wait_seconds=0)) == 5


def test_returned_messages_are_received_again_and_deleted_ones_are_not(queue: WorkQueue) -> None:
    queue.send("a")
    queue.send("b")
    first = queue.receive(10, wait_seconds=0)
    queue.give_back([each for each in first if each.body == "a"])
    queue.delete([each for each in first if each.body == "b"])
    again = queue.receive(10, wait_seconds=0)
    assert [(each.body, each.attempt) for each in again] == [("a", 2)]


def test_a_held_message_stays_invisible_however_long_work_takes(aws: Any) -> None:
    client = aws("sqs")
    url = client.create_queue(QueueName="ingest")["QueueUrl"]
    short = WorkQueue(client, url, visible_again_seconds=3)
    short.send("long work")
    taken = short.receive(1, wait_seconds=0)
    with short.keep_invisible(taken):
        time.sleep(3.5)
        assert short.receive(1, wait_seconds=0) == []


def test_the_scheduled_message_is_understood() -> None:
    import json

    assert parse_message(json.dumps(REFRESH_MESSAGE)) == Refresh()


def test_a_push_survives_the_queue_unchanged() -> None:
    push = Push(link="ghe", repository="payments/ledger", branch="main", commit=COMMIT)
    assert parse_message(push.model_dump_json()) == push


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"kind": "other"}', '{"kind": "push", "link": "secret-value"}'])
def test_an_invalid_message_is_reported_without_its_content(body: str) -> None:
    with pytest.raises(DataFault) as caught:
        parse_message(body)
    assert "secret-value" not in str(caught.value)
