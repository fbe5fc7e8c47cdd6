"""SQS and SNS answer plain HTTP unless the policy denies it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, encryption_rule
from policies.rules._types import QUEUE, TOPIC
from policies.rules.encryption._refusals import denied, denies_plain_http

HOLDERS = {
    QUEUE: ("aws:sqs/queuePolicy:QueuePolicy", "queueUrl"),
    TOPIC: ("aws:sns/topicPolicy:TopicPolicy", "arn"),
}
SENDING = {QUEUE: {"*", "sqs:*", "sqs:sendmessage"}, TOPIC: {"*", "sns:*", "sns:publish"}}  # what carries data in

RULE = encryption_rule(
    id="tls-messages",
    title="Every queue and topic refuses plain HTTP",
    severity=Severity.MEDIUM,
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
    yield from denied(
        RULE,
        node,
        (node, *case.graph.referrers(node, name, policy)),
        lambda statement: denies_plain_http(statement, SENDING[node.type]),
        "no policy denies everybody where aws:SecureTransport is false",
    )
