"""Each GPU pool may be within the cap, and all together twice above it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.cost._common import FRAMEWORKS, NODE_GROUP, gpu_group

RULE = Rule(
    id="gpu-cap",
    title="All GPU pools together stay within the cap on GPU nodes",
    severity=Severity.HIGH,
    family=Family.COST,
    applies_to=(NODE_GROUP,),
    requirement=Requirement.COST_CONTROL,
    why="GPU nodes are nearly all that a keep costs: what was agreed is their number, in all pools together.",
    remedy="lower the pools' max, or agree on another caps.gpu_nodes",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def within(node: Node, case: Case) -> Iterator[Finding]:
    """Judged at the last GPU pool, once for all."""
    cap = case.facts.gpu_nodes
    pools = [group for group in case.graph.of_type(NODE_GROUP) if gpu_group(group)]
    if cap is None or not pools or node.urn != pools[-1].urn:
        return
    sizes = [first(pool.inputs, "scalingConfig.maxSize") for pool in pools]
    total = sum(size for size in sizes if isinstance(size, (int, float)))
    if total > cap:
        names = ", ".join(pool.name for pool in pools)
        yield RULE.violation(node, "scalingConfig.maxSize", f"of {names} adds up to {total:g}, and {cap} were agreed")
    elif not all(isinstance(size, (int, float)) for size in sizes):
        yield RULE.undecided(node, "scalingConfig.maxSize", "the size of a GPU pool is not known")
