"""A scaler without a maximum turns a flood of requests into a flood of pods."""

from collections.abc import Iterator

from policies.conditions import Expectation, between
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, cost_rule
from policies.rules.cost._common import FRAMEWORKS, at_most_the_maximum
from policies.rules.kubernetes._pods import RAY_CLUSTER, SCALED_JOB

KEDA = ("spec.minReplicaCount", "spec.maxReplicaCount")
PATHS = {
    "kubernetes:keda.sh/v1alpha1:ScaledObject": KEDA,
    SCALED_JOB: KEDA,
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": ("spec.minReplicas", "spec.maxReplicas"),
}
REPLICAS = between(1, 200)
WORKERS = "spec.workerGroupSpecs[*]"

RULE = cost_rule(
    id="scaler-bounds",
    title="Every scaler has a maximum",
    severity=Severity.MEDIUM,
    applies_to=(*PATHS, RAY_CLUSTER),
    requirement=Requirement.COST_CONTROL,
    why="Left out, KEDA goes to 100 replicas and Ray to two thousand million, each with the nodes it takes.",
    remedy="set the maximum to what the spec allows for the role",
    frameworks=FRAMEWORKS,
    expects={type_: (Expectation(most, REPLICAS),) for type_, (_, most) in PATHS.items()},
)


@RULE.check
def bounded(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == RAY_CLUSTER:
        yield from RULE.each(node, WORKERS, lambda group: RULE.require(node, f"{group.path}.maxReplicas", REPLICAS))
    else:
        yield from at_most_the_maximum(RULE, node, *PATHS[node.type])
