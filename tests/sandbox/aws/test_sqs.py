"""SQS queues and their policies through the provider."""

import json

import pytest

from tests.sandbox.aws.harness import CheckError

QUEUE = "aws:sqs/queue:Queue"


def policy(action: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def set_attribute(name: str, value: str):
    return lambda api, made: api.client("sqs").set_queue_attributes(QueueUrl=made.id, Attributes={name: value})


def test_a_queue_passes_the_lifecycle(lifecycle):
    made = lifecycle(
        QUEUE,
        {"visibilityTimeoutSeconds": 120, "kmsMasterKeyId": "alias/keep", "tags": {"a": "b", "c": "d"}},
        {"visibilityTimeoutSeconds": 240, "messageRetentionSeconds": 1209600, "tags": {"a": "x"}},
        drift=set_attribute("VisibilityTimeout", "7"),
    )
    assert made.id == made.outputs["url"]
    assert made.id.startswith("https://sqs.eu-central-1.amazonaws.com/123456789012/t")
    assert made.outputs["arn"].startswith("arn:aws:sqs:eu-central-1:123456789012:t")


def test_a_fifo_queue_has_a_fifo_name_and_replaces_a_standard_one(lifecycle):
    lifecycle(QUEUE, {}, {"fifoQueue": True, "contentBasedDeduplication": True}, expect_replace={"fifoQueue", "name"})
    made = lifecycle(QUEUE, {"fifoQueue": True})
    assert made.outputs["name"].endswith(".fifo")


def test_a_queue_that_aws_would_refuse_is_refused_by_check(plugin, unique):
    with pytest.raises(CheckError) as error:
        plugin.check(QUEUE, unique, {"name": "a", "fifoQueue": True, "visibilityTimeoutSeconds": 50000})
    assert {path for path, _ in error.value.failures} == {"name", "visibilityTimeoutSeconds"}


def test_a_queue_policy_passes_the_lifecycle_and_is_no_drift_of_its_queue(plugin, lifecycle, unique):
    queue = plugin.create(QUEUE, f"{unique}-q", {})
    plugin.create("aws:sqs/queuePolicy:QueuePolicy", unique, {"queueUrl": queue.id, "policy": policy("sqs:*")})
    assert not plugin.diff(plugin.read(queue), {}).changes
    lifecycle(
        "aws:sqs/queuePolicy:QueuePolicy",
        {"queueUrl": queue.id, "policy": policy("sqs:SendMessage")},
        {"queueUrl": queue.id, "policy": policy("sqs:ReceiveMessage")},
        drift=set_attribute("Policy", policy("sqs:*")),
    )


def test_writing_one_policy_of_a_queue_keeps_the_others(plugin, unique):
    queue, dead = plugin.create(QUEUE, f"{unique}-q", {}), plugin.create(QUEUE, f"{unique}-dead", {})
    made = plugin.create("aws:sqs/queuePolicy:QueuePolicy", unique, {"queueUrl": queue.id, "policy": policy("sqs:*")})
    redrive = json.dumps({"deadLetterTargetArn": dead.outputs["arn"], "maxReceiveCount": 3})
    plugin.create("aws:sqs/redrivePolicy:RedrivePolicy", unique, {"queueUrl": queue.id, "redrivePolicy": redrive})
    assert plugin.read(made).outputs["policy"] == policy("sqs:*")
    refreshed = plugin.read(queue)
    assert refreshed.outputs == queue.outputs, "what has a resource of its own is not the queue's to report"


def test_redrive_policies_pass_the_lifecycle(plugin, lifecycle, unique):
    queue, dead, other = (plugin.create(QUEUE, f"{unique}-{name}", {}) for name in ("q", "dead", "other"))

    def to(target, count):
        return json.dumps({"deadLetterTargetArn": target.outputs["arn"], "maxReceiveCount": count})

    lifecycle(
        "aws:sqs/redrivePolicy:RedrivePolicy",
        {"queueUrl": queue.id, "redrivePolicy": to(dead, 4)},
        {"queueUrl": queue.id, "redrivePolicy": to(other, 5)},
    )
    lifecycle(
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        {"queueUrl": dead.id, "redriveAllowPolicy": json.dumps({"redrivePermission": "allowAll"})},
        {"queueUrl": other.id, "redriveAllowPolicy": json.dumps({"redrivePermission": "allowAll"})},
        expect_replace={"queueUrl"},
    )
