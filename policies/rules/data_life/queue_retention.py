"""A message of a code queue is code at rest."""

from collections.abc import Iterator, Mapping

from policies.conditions import Condition, number
from policies.data_class import data_class_of
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, data_life_rule
from policies.rules._types import QUEUE
from policies.rules.data_life._common import GONE, agreed_days, unknown_class

LONGEST_DAYS = 14
UNITS: Mapping[str, tuple[str, int, int]] = {  # path, units per day, AWS's default
    QUEUE: ("messageRetentionSeconds", 86_400, 4 * 86_400),
    "aws:kinesis/stream:Stream": ("retentionPeriod", 24, 24),
}

RULE = data_life_rule(
    id="queue-retention",
    title="Queues and streams keep messages no longer than their data may be kept",
    severity=Severity.MEDIUM,
    applies_to=tuple(UNITS),
    requirement=Requirement.RETENTION,
    why="What nobody fetches stays in a queue, failed messages above all, past the agreed deletion.",
    remedy="keep messages at most as long as retention of their class, two weeks at most (components.storage.queues)",
    frameworks=GONE,
)


@RULE.check
def messages_go(node: Node, case: Case) -> Iterator[Finding]:
    yield from unknown_class(RULE, node)
    path, per_day, default = UNITS[node.type]
    days = min(LONGEST_DAYS, agreed_days(data_class_of(node), case) or LONGEST_DAYS)
    most = days * per_day
    short = Condition(lambda value: number(value) <= most, f"must be {most} ({days} days) or less")
    yield from RULE.require(node, path, short, optional=default <= most)
