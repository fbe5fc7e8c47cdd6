"""Hosts and reservations are paid for whether anything runs on them or not."""

from collections.abc import Iterator
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.cost._common import FRAMEWORKS, NODE_GROUP

HOST = "aws:ec2/dedicatedHost:DedicatedHost"
RESERVATION = "aws:ec2/capacityReservation:CapacityReservation"

RULE = Rule(
    id="held-capacity",
    title="Held hosts and reservations end, or are what a pool of the keep can fill",
    severity=Severity.HIGH,
    family=Family.COST,
    applies_to=(HOST, RESERVATION),
    requirement=Requirement.COST_CONTROL,
    why="A forgotten reservation of one GPU machine costs as much as a year of several engineers.",
    remedy="hold no more than the pool's max, or set endDateType: limited with an endDate",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def usable(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == RESERVATION and first(node.inputs, "endDateType") == "limited":
        yield from RULE.require(node, "endDate", bool, "must say when the reservation ends")
        return
    type_ = first(node.inputs, "instanceType")
    if type_ is MISSING:  # a host may be held for a whole family
        family = first(node.inputs, "instanceFamily")
        yield from _compared(node, "instanceFamily", family, case)
    else:
        yield from _compared(node, "instanceType", type_, case)


def _compared(node: Node, field: str, wanted: Any, case: Case) -> Iterator[Finding]:
    if not isinstance(wanted, str):
        yield RULE.undecided(node, field)
        return
    held = sum(_count(each) for each in case.graph.of_type(node.type) if first(each.inputs, field) == wanted)
    room = sum(_room(group, field, wanted) for group in case.graph.of_type(NODE_GROUP))
    if held > room:
        yield RULE.violation(node, field, f"holds {held:g} of {wanted} for good, and the pools can fill {room:g}")


def _count(node: Node) -> float:
    """How many one resource holds; a number that is not known counts as one."""
    count = first(node.inputs, "instanceCount")
    return count if isinstance(count, (int, float)) else 1


def _room(group: Node, field: str, wanted: str) -> float:
    types = first(group.inputs, "instanceTypes")
    size = first(group.inputs, "scalingConfig.maxSize")
    names = [str(each) for each in types] if isinstance(types, list) else []
    if field == "instanceFamily":
        names = [name.partition(".")[0] for name in names]
    return size if wanted in names and isinstance(size, (int, float)) else 0
