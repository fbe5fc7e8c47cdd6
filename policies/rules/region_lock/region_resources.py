"""A resource in a foreign region is customer data in a foreign region."""

from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, region_rule
from policies.rules.region_lock._common import FRAMEWORKS, outside

RULE = region_rule(
    id="region-resources",
    title="Every resource lives in an allowed region",
    severity=Severity.CRITICAL,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.REGION_LOCK,
    why="The spec names the regions where code may be; a resource elsewhere breaks that whatever it contains.",
    remedy="drop the resource's own region, or agree the region with the customer and add it to regions.allowed",
    frameworks=FRAMEWORKS,
)


@RULE.check
def in_allowed_region(node: Node, case: Case) -> Iterator[Finding]:
    if node.package != "aws" or node.options.get("external"):
        return
    if node.inputs.get("region") is UNKNOWN:
        yield RULE.undecided(node, "region")
    elif node.region is None:
        yield RULE.undecided(node, "region", "neither the resource nor its provider names a region")
    else:
        yield from outside(RULE, node, "region", [node.region], case)
