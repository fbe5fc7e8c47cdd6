"""A pool grows to its maximum the day something goes wrong; the maximum is what that day costs."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.cost._common import FRAMEWORKS, NODE_GROUP, gpu_group

AUTO_SCALING = "aws:autoscaling/group:Group"
KARPENTER = "kubernetes:karpenter.sh/v1:NodePool"
PATHS = {
    NODE_GROUP: ("scalingConfig.minSize", "scalingConfig.desiredSize", "scalingConfig.maxSize"),
    AUTO_SCALING: ("minSize", "desiredCapacity", "maxSize"),
}
NODES_MAX = 450  # what EKS takes in one managed node group

RULE = Rule(
    id="pool-bounds",
    title="Every pool of nodes has a maximum, a GPU pool no more than the spec's cap",
    severity=Severity.HIGH,
    family=Family.COST,
    applies_to=(*PATHS, KARPENTER),
    requirement=Requirement.COST_CONTROL,
    why="A pool grows to its maximum the day something goes wrong; the maximum is what that day costs.",
    remedy="set max on the pool in the spec, within caps.gpu_nodes",
    frameworks=FRAMEWORKS,
)


@RULE.check
def bounded(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == KARPENTER:
        yield from RULE.require(node, "spec.limits", bool, "must bound cpu, memory or nvidia.com/gpu")
        return
    least, wanted, most = PATHS[node.type]
    cap = case.facts.gpu_nodes if node.type == NODE_GROUP and gpu_group(node) else None
    limit = NODES_MAX if cap is None else cap
    yield from RULE.require(node, most, lambda size: 0 < size <= limit, f"must be 1 to {limit}")
    maximum = first(node.inputs, most)
    for path in (least, wanted):
        size = first(node.inputs, path)
        if isinstance(size, (int, float)) and isinstance(maximum, (int, float)) and size > maximum:
            yield RULE.violation(node, path, f"got {size}: must be no more than the maximum of {maximum}")
    if first(node.inputs, least) is MISSING:
        yield RULE.violation(node, least, "not set: must say how many nodes there are at least")
