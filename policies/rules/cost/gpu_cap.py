"""Each GPU pool may be within the cap, and all together twice above it."""

from collections.abc import Iterator

from policies.conditions import is_number
from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Finding, Requirement, Scope, Severity, cost_rule
from policies.rules._types import NODE_GROUP
from policies.rules.cost._common import FRAMEWORKS, is_gpu_group

RULE = cost_rule(
    id="gpu-cap",
    title="All GPU pools together stay within the cap on GPU nodes",
    severity=Severity.HIGH,
    applies_to=(NODE_GROUP,),
    requirement=Requirement.COST_CONTROL,
    why="GPU nodes are nearly all that a keep costs: their number was agreed, in all pools together.",
    remedy="lower the pools' max, or agree on another caps.gpu_nodes",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def within_the_cap(node: Node, case: Case) -> Iterator[Finding]:
    """Judged at the last GPU pool, once for all."""
    cap = case.facts.gpu_nodes
    pools = [group for group in case.graph.of_type(NODE_GROUP) if is_gpu_group(group)]
    if cap is None or not pools or node.urn != pools[-1].urn:
        return
    sizes = [first(pool.inputs, "scalingConfig.maxSize") for pool in pools]
    total = sum(size for size in sizes if is_number(size))
    if total > cap:
        names = ", ".join(pool.name for pool in pools)
        yield RULE.violation(node, "scalingConfig.maxSize", f"of {names} adds up to {total:g}, and {cap} were agreed")
    elif not all(map(is_number, sizes)):
        yield RULE.undecided(node, "scalingConfig.maxSize", "the size of a GPU pool is not known")
