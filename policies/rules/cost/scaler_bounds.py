"""A scaler without a maximum turns a flood of requests into a flood of pods."""

from collections.abc import Iterator
from typing import Any

from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.cost._common import FRAMEWORKS
from policies.rules.kubernetes._pods import RAY_CLUSTER, SCALED_JOB

SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
REPLICAS_MAX = 200
PATHS = {
    SCALED_OBJECT: ("spec.minReplicaCount", "spec.maxReplicaCount"),
    SCALED_JOB: ("spec.minReplicaCount", "spec.maxReplicaCount"),
    AUTOSCALER: ("spec.minReplicas", "spec.maxReplicas"),
}
WORKERS = "spec.workerGroupSpecs[*]"

RULE = Rule(
    id="scaler-bounds",
    title="Every scaler has a maximum",
    severity=Severity.MEDIUM,
    family=Family.COST,
    applies_to=(*PATHS, RAY_CLUSTER),
    requirement=Requirement.COST_CONTROL,
    why="Left out, KEDA goes to 100 replicas and Ray to two thousand million, each with the nodes it takes.",
    remedy="set the maximum to what the spec allows for the role",
    frameworks=FRAMEWORKS,
)


@RULE.check
def bounded(node: Node, _: Case) -> Iterator[Finding]:
    allowed = f"must be 1 to {REPLICAS_MAX}"
    if node.type == RAY_CLUSTER:
        yield from RULE.each(
            node, WORKERS, lambda group: RULE.require(node, f"{group.path}.maxReplicas", _sensible, allowed)
        )
        return
    least, most = PATHS[node.type]
    yield from RULE.require(node, most, _sensible, allowed)
    fewest, largest = first(node.inputs, least), first(node.inputs, most)
    if isinstance(fewest, (int, float)) and isinstance(largest, (int, float)) and fewest > largest:
        yield RULE.violation(node, least, f"got {fewest}: must be no more than the maximum of {largest}")


def _sensible(count: Any) -> bool:
    return isinstance(count, (int, float)) and 1 <= count <= REPLICAS_MAX
