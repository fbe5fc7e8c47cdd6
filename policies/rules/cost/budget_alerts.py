"""A budget that is larger than agreed, or alerts nobody, guards nothing."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from policies.conditions import Condition, equals, is_number, number
from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Severity, cost_rule
from policies.rules._types import BUDGET
from policies.rules.cost._common import FRAMEWORKS

RECEIVERS = ("subscriberSnsTopicArns", "subscriberEmailAddresses")

RULE = cost_rule(
    id="budget-alerts",
    title="Budgets stay within what was agreed and alert before it is spent",
    severity=Severity.MEDIUM,
    applies_to=(BUDGET,),
    requirement=Requirement.COST_CONTROL,
    why="An alert after the last dollar, or to nobody, comes when there is nothing left to decide.",
    remedy="take limit and alert_percents from the spec's budget, as components.observe.observability does",
    frameworks=FRAMEWORKS,
    exempt=lambda node, _: node.inputs.get("budgetType") != "COST",
)


@RULE.check
def alerts(node: Node, case: Case) -> Iterator[Finding]:
    agreed = case.facts.monthly_budget_usd
    yield from RULE.require(node, "limitUnit", equals("USD"))
    if agreed is not None:
        yield from RULE.require(node, "timeUnit", equals("MONTHLY").because("so it was agreed"))
    most = inf if agreed is None else agreed
    allowed = "an amount of money" if agreed is None else f"no more than the {agreed} agreed"
    within = Condition(lambda limit: 0 < number(limit) <= most, f"must be {allowed}")
    yield from RULE.require(node, "limitAmount", within)
    yield from _notifications(node)


def _notifications(node: Node) -> Iterator[Finding]:
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
    soon = notification.get("thresholdType") == "PERCENTAGE" and is_number(threshold) and threshold <= 100
    return soon and any(notification.get(receiver) for receiver in RECEIVERS)
