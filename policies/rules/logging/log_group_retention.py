"""A log that never ends keeps for ever what should not have been in it."""

from collections.abc import Iterator

from policies.conditions import between
from policies.data_class import data_class_of
from policies.facts import Facts
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, logging_rule
from policies.rules._types import LOG_GROUP

OFFERED = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Retentions that CloudWatch Logs accepts, in days; tests compare it with components.observe.log_group."""

CLASSES = ("log", "audit")

RULE = logging_rule(
    id="log-group-retention",
    title="Every log group keeps its logs as long as agreed and no longer",
    severity=Severity.MEDIUM,
    applies_to=(LOG_GROUP,),
    requirement=Requirement.RETENTION,
    why="By default CloudWatch keeps logs for ever; an audit cut short is gone when it is asked for.",
    remedy="use components.observe.log_group, which takes CloudWatch's longest retention within the agreed one",
    frameworks={"SOC 2": ("C1.2", "CC7.2"), "ISO 27001": ("A.8.10", "A.8.15")},
)


@RULE.check
def ends_as_agreed(node: Node, case: Case) -> Iterator[Finding]:
    least, most = _bounds(data_class_of(node), case.facts)
    yield from RULE.require(node, "retentionInDays", between(least, most, "days", text=True))


def _bounds(data_class: str | None, facts: Facts) -> tuple[int, int]:
    """The agreed days of the group's class; of any class where it names none; else AWS's longest."""
    agreed = {name: days for name in CLASSES if (days := facts.retention_days.get(name))}
    if data_class in agreed:
        most = agreed[data_class]
    elif data_class in CLASSES or not agreed:
        return 1, OFFERED[-1]
    else:
        most = max(agreed.values())
    least = max(days for days in OFFERED if days <= most) if data_class == "audit" else 1
    return least, most
