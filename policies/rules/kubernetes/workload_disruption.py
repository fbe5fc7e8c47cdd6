"""A node that is drained takes every replica on it along, unless a budget says how many may go at once."""

from collections.abc import Iterator
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, Found, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import in_place, known, object_name, place_of, selects
from policies.rules.kubernetes._pods import DEPLOYMENT, STATEFUL_SET, decided

BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
SCALERS = {
    "kubernetes:keda.sh/v1alpha1:ScaledObject": "spec.minReplicaCount",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": "spec.minReplicas",
}
BLOCKING = {"maxUnavailable": (0, "0", "0%"), "minAvailable": ("100%",)}

RULE = Rule(
    id="workload-disruption",
    title="Whatever runs in several replicas has a disruption budget that lets nodes be drained",
    severity=Severity.LOW,
    family=Family.KUBERNETES,
    applies_to=(DEPLOYMENT, STATEFUL_SET, BUDGET),
    requirement=Requirement.ISOLATION,
    why="Every image release replaces all nodes: without a budget that empties a service, with a strict one it hangs.",
    remedy="add a PodDisruptionBudget that selects the pods, with maxUnavailable: 1",
    frameworks=frameworks(soc2="A1.2", iso="A.8.14"),
    scope=Scope.STACK,
)


@RULE.check
def budgeted(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == BUDGET:
        for field, blocking in BLOCKING.items():
            allowance = Found(f"spec.{field}", first(node.inputs, f"spec.{field}"))
            yield from decided(RULE, node, allowance, allowance.value not in blocking, "must let one pod go")
        return
    replicas = _replicas(node, case)
    if not known(replicas):
        yield RULE.undecided(node, "spec.replicas")
    elif replicas > 1:
        yield from _covered(node, case)


def _covered(node: Node, case: Case) -> Iterator[Finding]:
    place = place_of(node, case.graph)
    labels = first(node.inputs, "spec.template.metadata.labels")
    budgets = in_place(case.graph, place, BUDGET) if place else []
    matches = [selects(first(budget.inputs, "spec.selector"), labels) for budget in budgets]
    if True in matches:
        return
    if place is None or None in matches:
        yield RULE.undecided(node, "spec.replicas", "its budget's selector is not known yet")
    else:
        yield RULE.violation(node, "spec.replicas", "more than one, and no disruption budget selects them")


def _replicas(node: Node, case: Case) -> Any:
    """How many there are at least: what a scaler says, else the workload's own number."""
    place = place_of(node, case.graph)
    for scaler, path in SCALERS.items():
        for each in in_place(case.graph, place, scaler) if place else ():
            target = first(each.inputs, "spec.scaleTargetRef.name")
            if target == object_name(node) and (least := first(each.inputs, path)) is not MISSING:
                return least
    replicas = first(node.inputs, "spec.replicas")
    return 1 if replicas is MISSING else replicas
