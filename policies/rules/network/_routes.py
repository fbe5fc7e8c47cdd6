"""Routes in one shape, and what stands in the subnets that a table routes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.reading import MISSING, Found, read

ROUTE = "aws:ec2/route:Route"
TABLE = "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
NAT = "aws:ec2/natGateway:NatGateway"
FIREWALL = "aws:networkfirewall/firewall:Firewall"

DESTINATIONS = {
    ROUTE: ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
    TABLE: ("cidrBlock", "ipv6CidrBlock", "destinationPrefixListId"),
}
TARGETS = (
    "gatewayId",
    "natGatewayId",
    "vpcEndpointId",
    "egressOnlyGatewayId",
    "transitGatewayId",
    "vpcPeeringConnectionId",
    "networkInterfaceId",
    "localGatewayId",
    "carrierGatewayId",
    "coreNetworkArn",
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """One route; `at` is where it stands in the node's inputs, empty for a route that is a resource."""

    node: Node
    at: str

    @property
    def destinations(self) -> list[Found]:
        return self._given(DESTINATIONS[self.node.type])

    @property
    def targets(self) -> list[Found]:
        return self._given(TARGETS)

    def _given(self, names: tuple[str, ...]) -> list[Found]:
        paths = (f"{self.at}.{name}" if self.at else name for name in names)
        found = (next(read(self.node.inputs, path)) for path in paths)
        return [each for each in found if each.value is not MISSING and each.value != ""]


def ways(node: Node) -> Iterator[Way]:
    """The routes that a resource holds."""
    if node.type == ROUTE:
        yield Way(node=node, at="")
        return
    for found in read(node.inputs, "routes[*]"):
        if found.value is not MISSING:
            yield Way(node=node, at=found.path)


@dataclass(frozen=True, kw_only=True)
class Map:
    """Of each table (by URN) the subnets it routes; the subnets NAT gateways stand in, and those of firewalls."""

    subnets: Mapping[str, frozenset[str]]
    with_nat: frozenset[str]
    with_firewall: frozenset[str]


def map_of(graph: ResourceGraph) -> Map:
    """The map of a whole graph; make it with `graph.derived`."""
    routed: dict[str, set[str]] = {}
    for node in graph.of_type(ASSOCIATION):
        for table in graph.references(node, "routeTableId"):
            routed.setdefault(table.urn, set()).update(_subnets(graph, node, "subnetId"))
    return Map(
        subnets={urn: frozenset(subnets) for urn, subnets in routed.items()},
        with_nat=frozenset(urn for node in graph.of_type(NAT) for urn in _subnets(graph, node, "subnetId")),
        with_firewall=frozenset(
            urn for node in graph.of_type(FIREWALL) for urn in _subnets(graph, node, "subnetMappings")
        ),
    )


def tables_of(node: Node, graph: ResourceGraph) -> list[Node]:
    """The table that a route belongs to."""
    return [node] if node.type == TABLE else graph.references(node, "routeTableId")


def leads_to_firewall(way: Way, endpoint: Found, graph: ResourceGraph) -> bool | None:
    """Whether an endpoint is a firewall's; None where that is not known yet."""
    name = "routes" if way.at else "vpcEndpointId"
    if graph.references(way.node, name, FIREWALL):
        return True
    firewalls = graph.of_type(FIREWALL)
    if any(str(endpoint.value) in str(node.outputs.get("firewallStatuses")) for node in firewalls if endpoint.known):
        return True
    unknown = any(node.outputs.get("firewallStatuses", UNKNOWN) is UNKNOWN for node in firewalls)
    return None if not endpoint.known or unknown else False


def _subnets(graph: ResourceGraph, node: Node, name: str) -> list[str]:
    return [subnet.urn for subnet in graph.references(node, name)]
