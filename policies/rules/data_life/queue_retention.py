"""A message of a code queue is code at rest."""

from collections.abc import Iterator, Mapping

from policies.data_class import data_class_of
from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.data_life._common import GONE, agreed_days, number, unknown_class

QUEUE, STREAM = "aws:sqs/queue:Queue", "aws:kinesis/stream:Stream"
LONGEST_DAYS = 14
UNITS: Mapping[str, tuple[str, int, int]] = {  # path, units per day, AWS's default
    QUEUE: ("messageRetentionSeconds", 86_400, 4 * 86_400),
    STREAM: ("retentionPeriod", 24, 24),
}

RULE = Rule(
    id="queue-retention",
    title="Queues and streams hold messages no longer than their data may be kept",
    severity=Severity.MEDIUM,
    family=Family.DATA_LIFE,
    applies_to=tuple(UNITS),
    requirement=Requirement.RETENTION,
    why="What nobody fetches stays in a queue, the failed messages' above all, past the deletion agreed.",
    remedy="keep messages at most as long as retention of their class, two weeks at most (components.storage.queues)",
    frameworks=GONE,
)


@RULE.check
def messages_go(node: Node, case: Case) -> Iterator[Finding]:
    yield from unknown_class(RULE, node)
    path, per_day, default = UNITS[node.type]
    days = min(LONGEST_DAYS, agreed_days(data_class_of(node), case) or LONGEST_DAYS)
    yield from RULE.require(
        node,
        path,
        lambda value: number(value) <= days * per_day,
        f"must be {days * per_day} ({days} days) or less",
        optional=default <= days * per_day,
    )
