"""A pool grows to its maximum the day something goes wrong; the maximum is what that day costs."""

from collections.abc import Iterator

from policies.conditions import Condition, Expectation, names, number
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, cost_rule
from policies.rules._types import NODE_GROUP
from policies.rules.cost._common import FRAMEWORKS, at_most_the_maximum, is_gpu_group

KARPENTER = "kubernetes:karpenter.sh/v1:NodePool"
PATHS = {
    NODE_GROUP: ("scalingConfig.minSize", "scalingConfig.desiredSize", "scalingConfig.maxSize"),
    "aws:autoscaling/group:Group": ("minSize", "desiredCapacity", "maxSize"),
}
NODES_MAX = 450  # in one managed node group of EKS

RULE = cost_rule(
    id="pool-bounds",
    title="Every pool of nodes has a maximum, a GPU pool no more than the spec's cap",
    severity=Severity.HIGH,
    applies_to=(*PATHS, KARPENTER),
    requirement=Requirement.COST_CONTROL,
    why="A pool grows to its maximum the day something goes wrong; the maximum is what that day costs.",
    remedy="set max on the pool in the spec, within caps.gpu_nodes",
    frameworks=FRAMEWORKS,
    expects={KARPENTER: (Expectation("spec.limits", names("a bound on cpu, memory or nvidia.com/gpu")),)},
)


@RULE.check
def bounded(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == KARPENTER:
        return
    least, wanted, most = PATHS[node.type]
    cap = case.facts.gpu_nodes if node.type == NODE_GROUP and is_gpu_group(node) else None
    limit = NODES_MAX if cap is None else cap
    yield from RULE.require(node, most, Condition(lambda size: 0 < number(size) <= limit, f"must be 1 to {limit}"))
    for path in (least, wanted):
        yield from at_most_the_maximum(RULE, node, path, most)
    if first(node.inputs, least) is MISSING:
        yield RULE.violation(node, least, "not set: must be the smallest number of nodes")
