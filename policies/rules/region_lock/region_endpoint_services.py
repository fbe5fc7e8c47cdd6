"""An endpoint to a service of another region carries code across the border."""

from collections.abc import Iterator

from policies.graph import Node
from policies.places import regions_in
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.region_lock._common import FRAMEWORKS, outside

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"

RULE = Rule(
    id="region-endpoint-services",
    title="Every endpoint leads to a service of an allowed region, and is offered only there",
    severity=Severity.CRITICAL,
    family=Family.REGION_LOCK,
    applies_to=(ENDPOINT, SERVICE),
    requirement=Requirement.REGION_LOCK,
    why="PrivateLink can cross regions: the service's region says where the traffic ends.",
    remedy="use the service of the keep's own region; ask the customer for a Git endpoint service there",
    frameworks=FRAMEWORKS,
)


@RULE.check
def service_in_allowed_region(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == SERVICE:
        yield from _offered(node, case)
        return
    name, region = first(node.inputs, "serviceName"), first(node.inputs, "serviceRegion")
    if isinstance(name, str) and not name.startswith("${"):
        named = regions_in(name)
        if named:
            yield from outside(RULE, node, "serviceName", named, case)
        elif not name.startswith("com.amazonaws.") or name.count(".") > 2:
            yield RULE.violation(node, "serviceName", f"got {name!r}, which names no region")
    else:
        yield from RULE.require(node, "serviceName", lambda _: True, "must name the service")
    if isinstance(region, str):
        yield from outside(RULE, node, "serviceRegion", [region], case)
    elif region is not MISSING:
        yield RULE.undecided(node, "serviceRegion")


def _offered(node: Node, case: Case) -> Iterator[Finding]:
    offered = first(node.inputs, "supportedRegions")
    if isinstance(offered, (list, tuple)):
        yield from outside(RULE, node, "supportedRegions", offered, case)
    elif offered is not MISSING:
        yield RULE.undecided(node, "supportedRegions")
