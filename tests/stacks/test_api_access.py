"""Who reaches the Kubernetes API of the shipped stacks: every control on the way is evaluated, there and back."""

from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Any

import pytest

from policies.graph.model import Node, ResourceGraph
from tests.stacks.documents import DELETE, changed, document
from tests.stacks.programs import PLATFORM, graph_of, recorded

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ROUTE, ACL = "aws:ec2/route:Route", "aws:ec2/networkAcl:NetworkAcl"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
EPHEMERAL = (32_768, 60_999)  # Linux; VPC user guide, "Ephemeral ports"
DEPLOYERS = {"demo": "10.200.16.0/24", "acme": "10.200.32.0/24", PLATFORM: "10.200.48.0/24"}
ADOPTED = {
    "vpc_id": "vpc-0123abcd",
    "subnet_ids": ["subnet-0123abcd", "subnet-1123abcd", "subnet-2123abcd"],
}


def missing_on_the_way(graph: ResourceGraph, client: str) -> set[str]:
    """What keeps a client from the API: empty where a connection gets there and its answers come back."""
    (cluster,) = graph.of_type("aws:eks/cluster:Cluster")
    missing = set()
    if not any(_admits(rule, cluster, client, graph) for rule in graph.of_type(INGRESS)):
        missing.add("security group")
    subnets = {node.urn for node in graph.references(cluster, "vpcConfig") if node.type == "aws:ec2/subnet:Subnet"}
    assert subnets
    for acl in graph.of_type(ACL):
        if subnets & {node.urn for node in graph.references(acl, "subnetIds")}:
            if not _passes(acl.inputs["ingress"], client, (443, 443)):
                missing.add("access list, inwards")
            if not _passes(acl.inputs["egress"], client, EPHEMERAL):
                missing.add("access list, answers")
    for association in graph.of_type(ASSOCIATION):
        if subnets & {node.urn for node in graph.references(association, "subnetId")}:
            (table,) = graph.references(association, "routeTableId")
            if not any(_leads_back(route, table, client, graph) for route in graph.of_type(ROUTE)):
                missing.add("route")
    return missing


def _admits(rule: Node, cluster: Node, client: str, graph: ResourceGraph) -> bool:
    groups = {node.urn for node in graph.references(cluster, "vpcConfig")}
    of_the_api = groups & {node.urn for node in graph.references(rule, "securityGroupId")}
    source = rule.inputs.get("cidrIpv4")
    ports = (rule.inputs.get("fromPort"), rule.inputs.get("toPort"))
    return bool(of_the_api) and source is not None and _within(client, source) and ports == (443, 443)


def _passes(entries: Iterable[Any], client: str, ports: tuple[int, int]) -> bool:
    return any(
        each["action"] == "allow"
        and _within(client, each["cidrBlock"])
        and (each["protocol"] == "-1" or (each["fromPort"] <= ports[0] and ports[1] <= each["toPort"]))
        for each in entries
    )


def _leads_back(route: Node, table: Node, client: str, graph: ResourceGraph) -> bool:
    of_the_table = table.urn in {node.urn for node in graph.references(route, "routeTableId")}
    return of_the_table and _within(client, route.inputs["destinationCidrBlock"]) and "transitGatewayId" in route.inputs


def _within(client: str, network: str) -> bool:
    return IPv4Network(client).subnet_of(IPv4Network(network))


@pytest.mark.parametrize("stack", DEPLOYERS)
def test_the_deployer_reaches_the_api_and_nobody_else(stack: str) -> None:
    graph = graph_of(stack)
    assert missing_on_the_way(graph, DEPLOYERS[stack]) == set()
    assert "security group" in missing_on_the_way(graph, "10.201.0.0/24")
    attachment = graph.of_type(ATTACHMENT)[0]
    assert attachment.inputs["transitGatewayId"] == document(stack)["deployer"]["api_access"]["transit_gateway"]
    assert len({node.urn for node in graph.references(attachment, "subnetIds")}) == 3  # one of each zone


@pytest.mark.parametrize("stack", DEPLOYERS)
def test_routes_lead_to_the_gateway_only_for_the_deployers_ranges_and_only_once_it_is_attached(stack: str) -> None:
    graph = graph_of(stack)
    routes = [route for route in graph.of_type(ROUTE) if "transitGatewayId" in route.inputs]
    assert {route.inputs["destinationCidrBlock"] for route in routes} == {DEPLOYERS[stack]}
    (attachment,) = graph.of_type(ATTACHMENT)
    assert all(attachment.urn in route.dependencies for route in routes)


def test_without_the_spec_key_only_nodes_reach_the_api() -> None:
    graph = recorded("demo", changed(document("demo"), "deployer", DELETE))
    assert graph.of_type(ATTACHMENT) == []
    wanted = {"security group", "access list, inwards", "access list, answers", "route"}
    assert missing_on_the_way(graph, DEPLOYERS["demo"]) == wanted


def test_a_pooled_keep_opens_nothing_on_its_platform() -> None:
    graph = graph_of("pico")
    assert graph.of_type(ATTACHMENT, ROUTE) == []
    assert not any("cidrIpv4" in rule.inputs for rule in graph.of_type(INGRESS))


def test_in_an_adopted_network_only_the_rule_is_added() -> None:
    spec = changed(document("demo"), "network.adopt", ADOPTED)
    spec = changed(changed(spec, "network.cidr", DELETE), "deployer.api_access.transit_gateway", DELETE)
    graph = recorded("demo", spec)
    opened = [rule for rule in graph.of_type(INGRESS) if rule.inputs.get("cidrIpv4") == DEPLOYERS["demo"]]
    assert [(rule.inputs["fromPort"], rule.inputs["toPort"]) for rule in opened] == [(443, 443)]
    assert graph.of_type(ATTACHMENT, ROUTE, ACL) == []
