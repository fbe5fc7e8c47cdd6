"""Draining a node evicts every replica on it at once, unless a disruption budget limits how many."""

from collections.abc import Iterator
from typing import Any

from policies.conditions import Expectation, none_of
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import in_namespace, known, namespace_of, object_name, selects
from policies.rules.kubernetes._pods import DEPLOYMENT, STATEFUL_SET

BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
SCALERS = {
    "kubernetes:keda.sh/v1alpha1:ScaledObject": "spec.minReplicaCount",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": "spec.minReplicas",
}

RULE = kubernetes_rule(
    id="workload-disruption",
    title="Whatever runs in several replicas has a disruption budget that lets nodes be drained",
    severity=Severity.LOW,
    applies_to=(DEPLOYMENT, STATEFUL_SET, BUDGET),
    requirement=Requirement.ISOLATION,
    why="Every image release replaces all nodes: without a budget that empties a service, with a strict one it hangs.",
    remedy="add a PodDisruptionBudget that selects the pods, with maxUnavailable: 1",
    frameworks=frameworks(soc2="A1.2", iso="A.8.14"),
    scope=Scope.STACK,
    expects={
        BUDGET: (
            Expectation("spec.maxUnavailable", none_of(0, "0", "0%").because("one pod must go"), optional=True),
            Expectation("spec.minAvailable", none_of("100%").because("one pod must go"), optional=True),
        )
    },
)


@RULE.check
def has_a_budget(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == BUDGET:
        return
    replicas = _replicas(node, case)
    if not known(replicas):
        yield RULE.undecided(node, "spec.replicas")
    elif replicas > 1:
        yield from _covered(node, case)


def _covered(node: Node, case: Case) -> Iterator[Finding]:
    namespace = namespace_of(node, case.graph)
    labels = first(node.inputs, "spec.template.metadata.labels")
    budgets = in_namespace(case.graph, namespace, BUDGET)
    matches = [selects(first(budget.inputs, "spec.selector"), labels) for budget in budgets]
    if True in matches:
        return
    if namespace is None or None in matches:
        yield RULE.undecided(node, "spec.replicas", "its budget's selector is not known yet")
    else:
        yield RULE.violation(node, "spec.replicas", "more than one, and no disruption budget selects them")


def _replicas(node: Node, case: Case) -> Any:
    """The smallest number of replicas: a scaler's minimum, else the workload's own number."""
    namespace = namespace_of(node, case.graph)
    for scaler, path in SCALERS.items():
        for each in in_namespace(case.graph, namespace, scaler):
            target = first(each.inputs, "spec.scaleTargetRef.name")
            if target == object_name(node) and (least := first(each.inputs, path)) is not MISSING:
                return least
    replicas = first(node.inputs, "spec.replicas")
    return 1 if replicas is MISSING else replicas
