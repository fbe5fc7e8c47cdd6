"""A namespace without a quota takes what the other keeps of the cluster were promised."""

from collections.abc import Iterator
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import in_namespace, namespace_of
from policies.rules.kubernetes._pods import WORKLOADS
from policies.rules.tenancy._tiers import is_platforms_namespace

QUOTA = "kubernetes:core/v1:ResourceQuota"
LIMIT_RANGE = "kubernetes:core/v1:LimitRange"
BOUNDED = {"cpu": ("requests.cpu", "limits.cpu", "cpu"), "memory": ("limits.memory", "requests.memory", "memory")}

RULE = kubernetes_rule(
    id="namespace-quotas",
    title="Every namespace with workloads has a quota, and default limits for its containers",
    severity=Severity.MEDIUM,
    applies_to=WORKLOADS,
    requirement=Requirement.COST_CONTROL,
    why="A runaway job of one keep must end at that keep's share, not at the cluster's last node.",
    remedy="put a ResourceQuota on cpu, memory and pods and a LimitRange for containers into the namespace",
    frameworks=frameworks(soc2="A1.1", iso="A.8.6"),
    scope=Scope.STACK,
)


@RULE.check
def is_bounded(node: Node, case: Case) -> Iterator[Finding]:
    namespace = namespace_of(node, case.graph)
    if namespace is None:
        yield RULE.undecided(node, "metadata.namespace", "the namespace is not known yet")
        return
    if is_platforms_namespace(namespace[1], case.facts):
        return
    hard = [first(quota.inputs, "spec.hard") for quota in in_namespace(case.graph, namespace, QUOTA)]
    limits = [first(each.inputs, "spec.limits") for each in in_namespace(case.graph, namespace, LIMIT_RANGE)]
    for resource, names in BOUNDED.items():
        verdicts = [_names_one(each, names) for each in hard]
        yield from _judge(node, f"{namespace[1]} has no quota on {resource}", verdicts)
    verdicts = [_covers_containers(each) for each in limits]
    yield from _judge(node, f"{namespace[1]} has no LimitRange for containers", verdicts)


def _judge(node: Node, fault: str, verdicts: list[bool | None]) -> Iterator[Finding]:
    if True in verdicts:
        return
    if None in verdicts:
        yield RULE.undecided(node, "metadata.namespace", "the namespace's bounds are not known yet")
    else:
        yield RULE.violation(node, "metadata.namespace", fault)


def _names_one(hard: Any, names: tuple[str, ...]) -> bool | None:
    """None where the quota is not known yet."""
    if not isinstance(hard, dict):
        return False if hard is MISSING else None
    return any(name in hard for name in names)


def _covers_containers(limits: Any) -> bool | None:
    """None where the limits are not known yet."""
    if not isinstance(limits, list):
        return False if limits is MISSING else None
    return any(isinstance(each, dict) and each.get("type") == "Container" for each in limits)
