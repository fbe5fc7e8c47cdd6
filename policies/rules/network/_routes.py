"""Routes in one shape, and which subnets of a stack contain NAT gateways and firewalls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.reading import MISSING, Found, read
from policies.rules._types import FIREWALL, NAT_GATEWAY

ROUTE, TABLE = "aws:ec2/route:Route", "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"

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
class Route:
    """One route; `at` is its path in the node's inputs, empty for a route that is a resource."""

    node: Node
    at: str

    @property
    def destinations(self) -> list[Found]:
        return self._values(DESTINATIONS[self.node.type])

    @property
    def targets(self) -> list[Found]:
        return self._values(TARGETS)

    def _values(self, names: tuple[str, ...]) -> list[Found]:
        paths = (f"{self.at}.{name}" if self.at else name for name in names)
        found = (next(read(self.node.inputs, path)) for path in paths)
        return [each for each in found if each.value is not MISSING and each.value != ""]


def routes(node: Node) -> Iterator[Route]:
    """The routes that a resource declares."""
    if node.type == ROUTE:
        yield Route(node=node, at="")
        return
    for found in read(node.inputs, "routes[*]"):
        if found.value is not MISSING:
            yield Route(node=node, at=found.path)


@dataclass(frozen=True, kw_only=True)
class Topology:
    """URNs of subnets: those that each route table (by URN) serves, those with NAT gateways, those with firewalls."""

    by_table: Mapping[str, frozenset[str]]
    with_nat: frozenset[str]
    with_firewall: frozenset[str]


def topology_of(graph: ResourceGraph) -> Topology:
    """The topology of a graph, for `graph.derived`."""

    def subnets(type_: str, name: str) -> frozenset[str]:
        return frozenset(each.urn for node in graph.of_type(type_) for each in graph.references(node, name))

    by_table: dict[str, frozenset[str]] = {}
    for node in graph.of_type(ASSOCIATION):
        for table in graph.references(node, "routeTableId"):
            served = {subnet.urn for subnet in graph.references(node, "subnetId")}
            by_table[table.urn] = by_table.get(table.urn, frozenset()) | served
    return Topology(
        by_table=by_table,
        with_nat=subnets(NAT_GATEWAY, "subnetId"),
        with_firewall=subnets(FIREWALL, "subnetMappings"),
    )


def tables_of(node: Node, graph: ResourceGraph) -> list[Node]:
    """The table that a route belongs to."""
    return [node] if node.type == TABLE else graph.references(node, "routeTableId")


def leads_to_firewall(route: Route, endpoint: Found, graph: ResourceGraph) -> bool | None:
    """Whether an endpoint is a firewall's; None where that is not known yet."""
    if graph.references(route.node, "routes" if route.at else "vpcEndpointId", FIREWALL):
        return True
    firewalls = graph.of_type(FIREWALL)
    if any(str(endpoint.value) in str(node.outputs.get("firewallStatuses")) for node in firewalls if endpoint.known):
        return True
    unknown = any(node.outputs.get("firewallStatuses", UNKNOWN) is UNKNOWN for node in firewalls)
    return None if not endpoint.known or unknown else False
