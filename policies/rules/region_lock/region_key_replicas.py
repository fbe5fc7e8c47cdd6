"""A key's replica decrypts, in its region, whatever the key encrypted."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.region_lock._common import FRAMEWORKS, outside

KEY, REPLICA = "aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"

RULE = Rule(
    id="region-key-replicas",
    title="Keys are multi-region only where a recovery region is agreed, and their replicas are there",
    severity=Severity.CRITICAL,
    family=Family.REGION_LOCK,
    applies_to=(KEY, REPLICA),
    requirement=Requirement.REGION_LOCK,
    why="A multi-region key can be replicated to any region by one call.",
    remedy="leave multiRegion off without a recovery region; replicate only to regions.recovery",
    frameworks=FRAMEWORKS,
)


@RULE.check
def replicas_in_recovery_region(node: Node, case: Case) -> Iterator[Finding]:
    recovery = case.facts.recovery_region
    if node.type == KEY:
        if not recovery and case.facts.tenant:
            yield from RULE.require(
                node, "multiRegion", lambda value: value is False, "must be false: no recovery region", optional=True
            )
        return
    region = node.inputs.get("region")
    if not isinstance(region, str):
        yield from RULE.require(node, "region", lambda _: True, "must name the recovery region")
    elif recovery and region != recovery:
        yield RULE.violation(node, "region", f"got {region}: must be the recovery region {recovery}")
    else:
        yield from outside(RULE, node, "region", [region], case)
