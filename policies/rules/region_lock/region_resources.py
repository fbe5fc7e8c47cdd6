"""A resource in a foreign region is customer data in a foreign region."""

from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.rule import ANY_RESOURCE, Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.region_lock._common import FRAMEWORKS, outside

RULE = Rule(
    id="region-resources",
    title="Every resource lives in an allowed region",
    severity=Severity.CRITICAL,
    family=Family.REGION_LOCK,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.REGION_LOCK,
    why="The agreement names the regions where code may be; a resource elsewhere breaks it whatever it holds.",
    remedy="drop the resource's own region, or agree the region with the customer and add it to regions.allowed",
    frameworks=FRAMEWORKS,
)


@RULE.check
def in_allowed_region(node: Node, case: Case) -> Iterator[Finding]:
    if node.package != "aws" or node.options.get("external"):
        return
    region = node.inputs.get("region")
    if region is UNKNOWN:
        yield RULE.undecided(node, "region")
    elif node.region is None:
        yield RULE.undecided(node, "region", "neither the resource nor its provider names a region")
    else:
        yield from outside(RULE, node, "region", [node.region], case)
