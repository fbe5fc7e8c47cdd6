"""A namespace without a quota takes what the other keeps of the cluster were promised."""

from collections.abc import Iterator
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import in_place, place_of
from policies.rules.kubernetes._pods import WORKLOADS

QUOTA = "kubernetes:core/v1:ResourceQuota"
LIMIT_RANGE = "kubernetes:core/v1:LimitRange"
BOUNDED = {"cpu": ("requests.cpu", "limits.cpu", "cpu"), "memory": ("limits.memory", "requests.memory", "memory")}

RULE = Rule(
    id="namespace-quotas",
    title="Every namespace with workloads has a quota, and default limits for its containers",
    severity=Severity.MEDIUM,
    family=Family.KUBERNETES,
    applies_to=WORKLOADS,
    requirement=Requirement.COST_CONTROL,
    why="A runaway job of one keep must end at that keep's share, not at the cluster's last node.",
    remedy="put a ResourceQuota on cpu, memory and pods and a LimitRange for containers into the namespace",
    frameworks=frameworks(soc2="A1.1", iso="A.8.6"),
    scope=Scope.STACK,
)


@RULE.check
def bounded(node: Node, case: Case) -> Iterator[Finding]:
    place = place_of(node, case.graph)
    if place is None:
        yield RULE.undecided(node, "metadata.namespace", "the namespace is not known yet")
        return
    hard = [first(quota.inputs, "spec.hard") for quota in in_place(case.graph, place, QUOTA)]
    limits = [first(each.inputs, "spec.limits") for each in in_place(case.graph, place, LIMIT_RANGE)]
    for resource, names in BOUNDED.items():
        yield from _judge(node, f"{place[1]} has no quota on {resource}", [_named(each, names) for each in hard])
    yield from _judge(node, f"{place[1]} has no LimitRange for containers", [_of_containers(each) for each in limits])


def _judge(node: Node, fault: str, there: list[bool | None]) -> Iterator[Finding]:
    if True in there:
        return
    if None in there:
        yield RULE.undecided(node, "metadata.namespace", "the namespace's bounds are not known yet")
    else:
        yield RULE.violation(node, "metadata.namespace", fault)


def _named(hard: Any, names: tuple[str, ...]) -> bool | None:
    if not isinstance(hard, dict):
        return False if hard is MISSING else None
    return any(name in hard for name in names)


def _of_containers(limits: Any) -> bool | None:
    if not isinstance(limits, list):
        return False if limits is MISSING else None
    return any(isinstance(each, dict) and each.get("type") == "Container" for each in limits)
