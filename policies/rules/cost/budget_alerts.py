"""A budget that is larger than agreed, or tells nobody, guards nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.cost._common import FRAMEWORKS

BUDGET = "aws:budgets/budget:Budget"
RECEIVERS = ("subscriberSnsTopicArns", "subscriberEmailAddresses")

RULE = Rule(
    id="budget-alerts",
    title="Budgets stay within what was agreed and alert before it is spent",
    severity=Severity.MEDIUM,
    family=Family.COST,
    applies_to=(BUDGET,),
    requirement=Requirement.COST_CONTROL,
    why="An alert after the last dollar, or to nobody, comes when there is nothing left to decide.",
    remedy="take limit and alert_percents from the spec's budget, as components.observe.observability does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def alerts(node: Node, case: Case) -> Iterator[Finding]:
    if node.inputs.get("budgetType") != "COST":
        return
    agreed = case.facts.monthly_budget_usd
    yield from RULE.require(node, "limitUnit", lambda unit: unit == "USD", "must be USD")
    if agreed is None:
        yield from RULE.require(node, "limitAmount", lambda limit: _within(limit, None), "must be an amount of money")
    else:
        yield from RULE.require(node, "timeUnit", lambda unit: unit == "MONTHLY", "must be MONTHLY, as agreed")
        yield from RULE.require(
            node, "limitAmount", lambda limit: _within(limit, agreed), f"must be no more than the {agreed} agreed"
        )
    yield from _told_in_time(node)


def _within(limit: Any, agreed: float | None) -> bool:
    try:
        return 0 < float(limit) <= (float("inf") if agreed is None else agreed)
    except (TypeError, ValueError):
        return False


def _told_in_time(node: Node) -> Iterator[Finding]:
    """At least one notification reaches somebody while money is left."""
    notifications = [found for found in read(node.inputs, "notifications[*]") if found.value is not MISSING]
    unknown = [found for found in notifications if not found.known]
    if any(_in_time(found.value) for found in notifications if found.known):
        return
    if unknown:
        yield RULE.undecided(node, unknown[0].path)
    else:
        yield RULE.violation(node, "notifications", "none reaches a topic or an address at 100 % or before")


def _in_time(notification: Mapping[str, Any]) -> bool:
    threshold = notification.get("threshold")
    soon = (
        notification.get("thresholdType") == "PERCENTAGE" and isinstance(threshold, (int, float)) and threshold <= 100
    )
    return soon and any(notification.get(receiver) for receiver in RECEIVERS)
