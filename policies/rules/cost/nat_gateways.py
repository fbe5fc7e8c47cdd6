"""A NAT gateway costs by the hour and by the byte; one per zone is enough."""

from collections.abc import Iterator

from policies.graph import Node, ResourceGraph
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, cost_rule
from policies.rules._types import NAT_GATEWAY, SUBNET
from policies.rules.cost._common import FRAMEWORKS

RULE = cost_rule(
    id="nat-gateways",
    title="A network has at most one NAT gateway in each zone",
    severity=Severity.LOW,
    applies_to=(NAT_GATEWAY,),
    requirement=Requirement.COST_CONTROL,
    why="A NAT gateway costs by the hour and by the byte; a second one in a zone carries nothing the first could not.",
    remedy="route the zone's subnets through the gateway that is there, as components.network.egress does",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)

Site = tuple[str, str]
"""Network and zone; for a subnet that is not in the graph, the subnet itself."""


@RULE.check
def one_each(node: Node, case: Case) -> Iterator[Finding]:
    if first(node.inputs, "availabilityMode") == "regional":
        return  # one for all zones
    if first(node.inputs, "subnetId") is MISSING:
        yield RULE.violation(node, "subnetId", "not set: must name a subnet of the zone it serves")
        return
    site = _site(node, case.graph)
    others = [each for each in case.graph.of_type(NAT_GATEWAY) if each.urn != node.urn]
    if site is None:
        if others:
            yield RULE.undecided(node, "subnetId", "its zone is not known")
        return
    before = next((each for each in others if each.urn < node.urn and _site(each, case.graph) == site), None)
    if before is not None:
        yield RULE.violation(node, "subnetId", f"is in zone {site[1]}, where {before.name} is already")


def _site(node: Node, graph: ResourceGraph) -> Site | None:
    subnets = graph.references(node, "subnetId", SUBNET)
    if len(subnets) == 1:
        network, zone = (first(subnets[0].inputs, name) for name in ("vpcId", "availabilityZone"))
        return (str(network), zone) if isinstance(zone, str) else (str(network), subnets[0].urn)
    subnet = first(node.inputs, "subnetId")
    return ("", subnet) if isinstance(subnet, str) else None
