"""An endpoint to a service of another region carries code across the border."""

from collections.abc import Iterator

from policies.conditions import contains_only, names
from policies.graph import Node
from policies.reading import first
from policies.regions import regions_in
from policies.rule import Case, Finding, Requirement, Severity, region_rule
from policies.rules._types import VPC_ENDPOINT
from policies.rules.region_lock._common import FRAMEWORKS, allowed_region, outside

SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"

RULE = region_rule(
    id="region-endpoint-services",
    title="Every endpoint leads to a service of an allowed region, and is offered only there",
    severity=Severity.CRITICAL,
    applies_to=(VPC_ENDPOINT, SERVICE),
    requirement=Requirement.REGION_LOCK,
    why="PrivateLink can cross regions: the service's region says where the traffic ends.",
    remedy="use the service of the keep's own region; ask the customer for a Git endpoint service there",
    frameworks=FRAMEWORKS,
)


@RULE.check
def service_in_allowed_region(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == SERVICE:
        offered = contains_only(*sorted(case.facts.allowed_regions))
        yield from RULE.require(node, "supportedRegions", offered, optional=True)
        return
    name = first(node.inputs, "serviceName")
    if isinstance(name, str) and not name.startswith("${"):
        named = regions_in(name)
        yield from outside(RULE, node, "serviceName", named, case)
        if not named and (not name.startswith("com.amazonaws.") or name.count(".") > 2):
            yield RULE.violation(node, "serviceName", f"got {name!r}, which names no region")
    else:
        yield from RULE.require(node, "serviceName", names("the service"))
    yield from RULE.require(node, "serviceRegion", allowed_region(case), optional=True)
