"""A key's replica decrypts, in its region, whatever the key encrypted."""

from collections.abc import Iterator

from policies.conditions import FALSE, one_of
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, region_rule
from policies.rules._types import KEY, REPLICA_KEY
from policies.rules.region_lock._common import FRAMEWORKS, allowed_region

RULE = region_rule(
    id="region-key-replicas",
    title="Keys are multi-region only where a recovery region is agreed, and their replicas are there",
    severity=Severity.CRITICAL,
    applies_to=(KEY, REPLICA_KEY),
    requirement=Requirement.REGION_LOCK,
    why="A multi-region key can be replicated to any region by one call.",
    remedy="leave multiRegion off without a recovery region; replicate only to regions.recovery",
    frameworks=FRAMEWORKS,
)


@RULE.check
def replicas_in_recovery_region(node: Node, case: Case) -> Iterator[Finding]:
    recovery = case.facts.recovery_region
    if node.type == REPLICA_KEY:
        yield from RULE.require(node, "region", one_of(recovery) if recovery else allowed_region(case))
    elif not recovery and case.facts.tenant:
        yield from RULE.require(node, "multiRegion", FALSE.because("no recovery region is agreed"), optional=True)
