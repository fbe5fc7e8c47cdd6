"""A provider with another region takes everything it makes there."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.build import AWS_PROVIDER_TYPE
from policies.rule import Case, Finding, Requirement, Severity, region_rule
from policies.rules.region_lock._common import FRAMEWORKS, allowed_region

RULE = region_rule(
    id="region-providers",
    title="Every AWS provider is bound to an allowed region",
    severity=Severity.CRITICAL,
    applies_to=(AWS_PROVIDER_TYPE,),
    requirement=Requirement.REGION_LOCK,
    why="A provider without a region takes it from the environment of whoever runs the deployment.",
    remedy="state one of regions.allowed as the provider's region",
    frameworks=FRAMEWORKS,
)


@RULE.check
def bound_to_region(node: Node, case: Case) -> Iterator[Finding]:
    yield from RULE.require(node, "region", allowed_region(case))
