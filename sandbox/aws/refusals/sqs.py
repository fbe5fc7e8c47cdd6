"""What SQS refuses of queues' attributes."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.aws.refusals.refusal import Call, Words, refusal

OPERATIONS = ("CreateQueue", "SetQueueAttributes")
RANGES = {  # attribute → least and most, from botocore 1.44.5, sqs CreateQueueRequest.Attributes
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
}
MAX_RECEIVES = 1_000


@refusal(
    "sqs",
    *OPERATIONS,
    code="InvalidAttributeValue",
    source=(
        "botocore 1.44.5, sqs CreateQueueRequest.Attributes: An integer from 0 to 43,200 (12 hours); words: moto 5.2.5"
    ),
)
def attribute_ranges(call: Call) -> Words:
    for name, (low, high) in RANGES.items():
        value = _attributes(call).get(name)
        if value is not None and not (str(value).isdigit() and low <= int(value) <= high):
            return f"Invalid value for the parameter {name}."
    return None


@refusal(
    "sqs",
    *OPERATIONS,
    code="InvalidParameterValue",
    source="SQS developer guide, Dead-letter queues: maxReceiveCount from 1 to 1,000",
)
def receives_before_dead_letter(call: Call) -> Words:
    count = _redrive(call).get("maxReceiveCount", 10)
    if str(count).isdigit() and 1 <= int(count) <= MAX_RECEIVES:
        return None
    return (
        f"Value {_attributes(call)['RedrivePolicy']} for parameter RedrivePolicy is invalid. Reason: Invalid value for "
        f"maxReceiveCount: {count}, valid values are from 1 to {MAX_RECEIVES} both inclusive."
    )


@refusal(
    "sqs",
    *OPERATIONS,
    code="InvalidParameterValue",
    source=(
        "botocore 1.44.5, sqs CreateQueueRequest.Attributes: The dead-letter queue of a FIFO queue must also be a "
        "FIFO queue"
    ),
)
def dead_letters_of_the_same_kind(call: Call) -> Words:
    target = str(_redrive(call).get("deadLetterTargetArn", ""))
    queue = str(call.get("QueueName") or call.get("QueueUrl"))
    if not target or target.endswith(".fifo") == queue.endswith(".fifo"):
        return None
    return "Dead-letter queue must be same type of queue as the source."


@refusal(
    "sqs",
    *OPERATIONS,
    code="InvalidAttributeValue",
    source=(
        "botocore 1.44.5, sqs CreateQueueRequest.Attributes: Only one server-side encryption option is supported per "
        "queue"
    ),
)
def one_kind_of_encryption(call: Call) -> Words:
    found = _attributes(call)
    if found.get("KmsMasterKeyId") and found.get("SqsManagedSseEnabled") == "true":
        return (
            "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS "
            "SSE."
        )
    return None


@refusal(
    "sqs",
    "CreateQueue",
    code="InvalidParameterValue",
    source="botocore 1.44.5, sqs CreateQueueRequest.QueueName: A FIFO queue name must end with the .fifo suffix",
)
def names_of_fifo_queues(call: Call) -> Words:
    fifo = _attributes(call).get("FifoQueue") == "true"
    if fifo == str(call.get("QueueName")).endswith(".fifo"):
        return None
    return (
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
        "with .fifo "
        "suffix and be 1 to 80 in length."
    )


def _attributes(call: Call) -> Mapping[str, Any]:
    return call.get("Attributes") or {}


def _redrive(call: Call) -> Mapping[str, Any]:
    text = _attributes(call).get("RedrivePolicy") or "{}"
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}
