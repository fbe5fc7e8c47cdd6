"""A message about a repository waits on disk like any other data."""

from policies.conditions import equals
from policies.rule import Requirement, Severity, encryption_rule
from policies.rules._types import QUEUE, TOPIC
from policies.rules.encryption._at_rest import FRAMEWORKS, at_rest

RULE = encryption_rule(
    id="cmk-messages",
    title="Queues, topics and streams are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Work messages name repositories, paths and changes; the customer cannot withdraw a key of AWS's.",
    remedy="use components.storage.queues and components.observe.alerts, or name the key of data class code",
    frameworks=FRAMEWORKS,
    expects={
        QUEUE: at_rest("kmsMasterKeyId"),
        TOPIC: at_rest("kmsMasterKeyId"),
        "aws:kinesis/stream:Stream": at_rest("kmsKeyId", "encryptionType", on=equals("KMS")),
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": at_rest(
            "serverSideEncryption.keyArn", "serverSideEncryption.enabled"
        ),
        "aws:msk/cluster:Cluster": at_rest("encryptionInfo.encryptionAtRestKmsKeyArn"),
        "aws:mq/broker:Broker": at_rest("encryptionOptions.kmsKeyId"),
        "aws:cloudwatch/eventBus:EventBus": at_rest("kmsKeyIdentifier"),
    },
)
