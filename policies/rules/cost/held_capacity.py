"""Hosts and reservations cost the same whether anything runs on them or not."""

from collections.abc import Iterator
from typing import Any

from policies.conditions import is_number, names
from policies.graph import Node
from policies.graph.values import has_unknown
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, cost_rule
from policies.rules._types import NODE_GROUP, RESERVATION
from policies.rules.cost._common import FRAMEWORKS

SIZES = ("instanceTypes", "scalingConfig")

RULE = cost_rule(
    id="held-capacity",
    title="Reserved hosts and capacity end, or fit what a pool of the keep can use",
    severity=Severity.HIGH,
    applies_to=("aws:ec2/dedicatedHost:DedicatedHost", RESERVATION),
    requirement=Requirement.COST_CONTROL,
    why="A forgotten reservation of one GPU machine costs as much as a year of several engineers.",
    remedy="reserve no more than the pool's max, or set endDateType: limited with an endDate",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def can_be_used(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == RESERVATION and first(node.inputs, "endDateType") == "limited":
        yield from RULE.require(node, "endDate", names("the day on which the reservation ends"))
        return
    # A host may be reserved for a whole family.
    field = "instanceFamily" if first(node.inputs, "instanceType") is MISSING else "instanceType"
    wanted = first(node.inputs, field)
    if not isinstance(wanted, str):
        yield RULE.undecided(node, field)
        return
    counts = [
        first(each.inputs, "instanceCount")
        for each in case.graph.of_type(node.type)
        if first(each.inputs, field) == wanted
    ]
    pools = case.graph.of_type(NODE_GROUP)
    reserved = sum(count if is_number(count) else 1 for count in counts)  # a host has no count
    usable = sum(_usable(pool, field, wanted) for pool in pools)
    if reserved > usable and not any(has_unknown(pool.inputs.get(name)) for pool in pools for name in SIZES):
        message = f"reserves {reserved:g} of {wanted} without an end, and the pools can use {usable:g}"
        yield RULE.violation(node, field, message)
    elif reserved > usable or has_unknown(counts):
        yield RULE.undecided(node, field, "how many are reserved, or how many the pools can use, is not known yet")


def _usable(group: Node, field: str, wanted: str) -> Any:
    """How many machines of a type or family a pool can use."""
    types, size = first(group.inputs, "instanceTypes"), first(group.inputs, "scalingConfig.maxSize")
    names = [str(each) for each in types] if isinstance(types, list) else []
    if field == "instanceFamily":
        names = [name.partition(".")[0] for name in names]
    return size if wanted in names and is_number(size) else 0
