"""SQS queues, and their policies that are separate resources. The id of all of them is the queue's URL."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import is_true, same_json, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads

ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deduplicationScope": "DeduplicationScope",
    "delaySeconds": "DelaySeconds",
    "fifoQueue": "FifoQueue",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "policy": "Policy",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
FLAGS = frozenset({"contentBasedDeduplication", "fifoQueue", "sqsManagedSseEnabled"})
DOCUMENTS = {  # property of a queue → the type of the separate resource
    "policy": "aws:sqs/queuePolicy:QueuePolicy",
    "redrivePolicy": "aws:sqs/redrivePolicy:RedrivePolicy",
    "redriveAllowPolicy": "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
}


@reads("sqs", "aws:sqs/queue:Queue")
def queue(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """A queue, without policies that are separate resources."""
    attributes = attributes_of(aws, id)
    if attributes is None:
        return None
    found = {
        name: _value(name, attributes[attribute], known)
        for name, attribute in ATTRIBUTES.items()
        if attributes.get(attribute) not in (None, "") and not is_separate(aws, name, id)
    }
    if found.get("kmsMasterKeyId"):
        found["sqsManagedSseEnabled"] = False
    return {
        "contentBasedDeduplication": False,
        "fifoQueue": False,
        **found,
        "arn": attributes["QueueArn"],
        "url": id,
        "name": id.rpartition("/")[2],
        "tags": tag_map(aws.client("sqs").list_queue_tags(QueueUrl=id).get("Tags", {})),
    }


def is_separate(aws: Aws, name: str, url: str) -> bool:
    """Whether a document of a queue is a separate resource."""
    return name in DOCUMENTS and any(id == url for id, _ in aws.declared(DOCUMENTS[name]) or ())


def _value(name: str, text: str, known: Mapping[str, Any]) -> Any:
    if name in FLAGS:
        return is_true(text)
    if name in DOCUMENTS:
        return same_json(known.get(name), text)
    return int(text) if text.isdecimal() and name != "kmsMasterKeyId" else text


def _document(name: str) -> None:
    @reads("sqs", DOCUMENTS[name], fixed="queueUrl")
    def document(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
        found = (attributes_of(aws, id) or {}).get(ATTRIBUTES[name])
        return {"queueUrl": id, name: same_json(known.get(name), found)} if found else None


for each in DOCUMENTS:
    _document(each)


def attributes_of(aws: Aws, url: str) -> Mapping[str, str] | None:
    """All attributes of a queue, None where it is gone."""
    found = or_none(aws.client("sqs").get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    return None if found is None else dict(found["Attributes"])
