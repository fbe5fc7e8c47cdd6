"""A message about a repository waits on disk like any other data."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import FRAMEWORKS, AtRest, encrypted

TYPES = {
    "aws:sqs/queue:Queue": AtRest(key="kmsMasterKeyId"),
    "aws:sns/topic:Topic": AtRest(key="kmsMasterKeyId"),
    "aws:kinesis/stream:Stream": AtRest(switch="encryptionType", on="KMS", key="kmsKeyId"),
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": AtRest(
        switch="serverSideEncryption.enabled", key="serverSideEncryption.keyArn"
    ),
    "aws:msk/cluster:Cluster": AtRest(key="encryptionInfo.encryptionAtRestKmsKeyArn"),
    "aws:mq/broker:Broker": AtRest(key="encryptionOptions.kmsKeyId"),
    "aws:cloudwatch/eventBus:EventBus": AtRest(key="kmsKeyIdentifier"),
}

RULE = Rule(
    id="cmk-messages",
    title="Queues, topics and streams are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=tuple(TYPES),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Work messages name repositories, paths and changes; under a key of AWS's the customer cannot withdraw them.",
    remedy="use components.storage.queues and components.observe.alerts, or name the key of data class code",
    frameworks=FRAMEWORKS,
)


@RULE.check
def encrypts_messages(node: Node, _: Case) -> Iterator[Finding]:
    yield from encrypted(RULE, node, TYPES)
