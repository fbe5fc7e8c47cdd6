"""SQS and SNS answer plain HTTP unless the policy refuses it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.encryption._refusals import refused, refuses_plain

QUEUE, TOPIC = "aws:sqs/queue:Queue", "aws:sns/topic:Topic"
QUEUE_POLICY, TOPIC_POLICY = "aws:sqs/queuePolicy:QueuePolicy", "aws:sns/topicPolicy:TopicPolicy"
HOLDERS = {QUEUE: (QUEUE_POLICY, "queueUrl"), TOPIC: (TOPIC_POLICY, "arn")}
SENDING = {QUEUE: {"*", "sqs:*", "sqs:sendmessage"}, TOPIC: {"*", "sns:*", "sns:publish"}}  # what carries data in

RULE = Rule(
    id="tls-messages",
    title="Every queue and topic refuses plain HTTP",
    severity=Severity.MEDIUM,
    family=Family.ENCRYPTION,
    applies_to=(QUEUE, TOPIC),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="Messages name repositories and changes; a client configured with http:// sends them in clear.",
    remedy="use components.storage.queues and components.observe.alerts, which deny where aws:SecureTransport is false",
    frameworks={"SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
    scope=Scope.STACK,
)


@RULE.check
def refuses_plain_http(node: Node, case: Case) -> Iterator[Finding]:
    policy, name = HOLDERS[node.type]
    yield from refused(
        RULE,
        node,
        (node, *case.graph.referrers(node, name, policy)),
        lambda statement: refuses_plain(statement, SENDING[node.type]),
        "no policy denies everybody where aws:SecureTransport is false",
    )
