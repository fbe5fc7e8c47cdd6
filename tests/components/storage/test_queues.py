"""Queues of the workers: encryption, dead letters, policies."""

import json
from typing import Any

import pytest
from codekeep_contracts.roles import QueueRole

from awsread.iam import Decision, Request, decide
from components.naming import DataClass, Keep
from components.storage.queues import Queues, QueuesArgs
from tests.components.builders import key_arn
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Recording, record

QUEUE, POLICY = "aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"
WORKER = f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-ingest"
INGEST_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:codekeep-acme-ingest"
HOME = {"aws:SourceVpce": "vpce-sqs", "aws:SecureTransport": "true"}


def build(keep: Keep, **changes: Any) -> Recording[Queues]:
    all_args: dict[str, Any] = {"key_arn": key_arn(DataClass.CODE), "vpc_endpoint_ids": ("vpce-sqs",), **changes}
    return record(lambda: Queues("acme-queues", QueuesArgs(keep=keep, **all_args)))


def test_each_queue_is_encrypted_and_has_a_dead_letter_queue(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    queues = {node.inputs["name"]: node for node in recording.of_type(QUEUE)}
    assert queues.keys() == {
        "codekeep-acme-ingest",
        "codekeep-acme-ingest-failed",
        "codekeep-acme-review",
        "codekeep-acme-review-failed",
    }
    assert {node.inputs["kmsMasterKeyId"] for node in queues.values()} == {key_arn(DataClass.CODE)}
    for role in QueueRole:
        queue, failed = queues[f"codekeep-acme-{role.value}"], queues[f"codekeep-acme-{role.value}-failed"]
        assert json.loads(queue.inputs["redrivePolicy"]) == {
            "deadLetterTargetArn": failed.outputs["arn"],
            "maxReceiveCount": 5,
        }
        assert "redrivePolicy" not in failed.inputs
        assert failed.inputs["messageRetentionSeconds"] > queue.inputs["messageRetentionSeconds"]
        allow = recording.one("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", f"acme-queue-{role.value}-failed")
        assert json.loads(allow.inputs["redriveAllowPolicy"]) == {
            "redrivePermission": "byQueue",
            "sourceQueueArns": [queue.outputs["arn"]],
        }


def test_references_have_names_arns_and_urls(keep: Keep) -> None:
    recording = build(keep)
    ref = recording.result.queue(QueueRole.INGEST)
    assert recording.value(ref.arn) == INGEST_ARN
    assert recording.value(ref.dead_letter_url).endswith("/codekeep-acme-ingest-failed")


@pytest.mark.parametrize(
    ("request_", "decision"),
    [
        (Request(principal=WORKER, action="sqs:ReceiveMessage", resource=INGEST_ARN, context=HOME), Decision.NONE),
        (
            Request(
                principal=WORKER,
                action="sqs:ReceiveMessage",
                resource=INGEST_ARN,
                context={**HOME, "aws:SecureTransport": "false"},
            ),
            Decision.DENY,
        ),
        (
            Request(
                principal=WORKER,
                action="sqs:ReceiveMessage",
                resource=INGEST_ARN,
                context={**HOME, "aws:SourceVpce": "vpce-foreign"},
            ),
            Decision.DENY,
        ),
        (
            Request(
                principal="arn:aws:iam::999999999999:role/x",
                action="sqs:SendMessage",
                resource=INGEST_ARN,
                context=HOME,
            ),
            Decision.DENY,
        ),
        (
            Request(
                principal="events.amazonaws.com",
                action="sqs:SendMessage",
                resource=INGEST_ARN,
                context={
                    "aws:SecureTransport": "true",
                    "aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:eventRule/codekeep-acme-refresh",
                },
            ),
            Decision.ALLOW,
        ),
        (
            Request(
                principal="events.amazonaws.com",
                action="sqs:SendMessage",
                resource=INGEST_ARN,
                context={
                    "aws:SecureTransport": "true",
                    "aws:SourceArn": f"arn:aws:cloudwatch:{REGION}:999999999999:eventRule/codekeep-acme-refresh",
                },
            ),
            Decision.NONE,
        ),
    ],
    ids=["worker by the endpoint", "plain http", "foreign network", "foreign account", "schedule", "foreign schedule"],
)
def test_queue_access_requires_the_keeps_endpoint(keep: Keep, request_: Request, decision: Decision) -> None:
    """NONE leaves the decision to the caller's IAM policy, which suffices for principals of this account."""
    policy = build(keep).one(POLICY, "acme-queue-ingest").inputs["policy"]
    assert decide(policy, request_) is decision


def test_the_deployer_is_not_locked_out_of_settings(keep: Keep) -> None:
    deployer = Request(
        principal=keep.deployer_role_arn,
        action="sqs:SetQueueAttributes",
        resource=INGEST_ARN,
        context={"aws:SecureTransport": "true"},
    )
    assert decide(build(keep).one(POLICY, "acme-queue-ingest").inputs["policy"], deployer) is Decision.NONE


def test_a_nightly_message_refreshes_the_index(keep: Keep) -> None:
    recording = build(keep)
    rule, target = (
        recording.one("aws:cloudwatch/eventRule:EventRule"),
        recording.one("aws:cloudwatch/eventTarget:EventTarget"),
    )
    assert rule.inputs["scheduleExpression"] == "cron(0 2 * * ? *)"
    assert target.inputs["arn"] == INGEST_ARN
    assert json.loads(target.inputs["input"]) == {"kind": "refresh", "version": 1}


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"vpc_endpoint_ids": ()}, "vpc_endpoint_ids"), ({"refresh_schedule": "nightly"}, "cron")],
)
def test_wrong_args_are_refused(keep: Keep, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **changes)
