"""A provider that points elsewhere takes everything it makes with it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.region_lock._common import FRAMEWORKS, outside

PROVIDER = "pulumi:providers:aws"

RULE = Rule(
    id="region-providers",
    title="Every AWS provider is bound to an allowed region",
    severity=Severity.CRITICAL,
    family=Family.REGION_LOCK,
    applies_to=(PROVIDER,),
    requirement=Requirement.REGION_LOCK,
    why="A provider without a region takes it from the environment of whoever runs the deployment.",
    remedy="state one of regions.allowed as the provider's region",
    frameworks=FRAMEWORKS,
)


@RULE.check
def bound_to_region(node: Node, case: Case) -> Iterator[Finding]:
    region = node.inputs.get("region")
    if isinstance(region, str):
        yield from outside(RULE, node, "region", [region], case)
    else:
        yield from RULE.require(node, "region", lambda _: True, "must name the region")
