"""The network of a keep: subnets, routes, locked defaults, name resolution."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from components.naming import Keep
from components.network.egress import EgressMode, EgressRules
from components.network.network import Network, NetworkArgs
from components.network.network_plan import NetworkPlan
from tests.components.builders import RECOVERY_REGION, RECOVERY_ZONES, RETENTION_DAYS, ZONES, fake_keys
from tests.components.contract import accepts, assert_contract
from tests.components.recording import REGION, Recording, record

SUBNET, ROUTE, ACL = "aws:ec2/subnet:Subnet", "aws:ec2/route:Route", "aws:ec2/networkAcl:NetworkAcl"
WAYS_OUT = ("aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip", ROUTE)
ALLOWED = EgressRules(mode=EgressMode.ALLOW_LIST, domains=("pypi.org",))


def arguments(keep: Keep, **args: Any) -> NetworkArgs:
    """Call inside a recorded program."""
    planned = {name: args.pop(name) for name in ("cidr", "zones", "egress") if name in args}
    plan = NetworkPlan(**{"cidr": "10.64.0.0/16", "zones": ZONES, **planned})
    keys = fake_keys(replicas=True)
    return NetworkArgs(keep=keep, plan=plan, keys=keys, retention_days=RETENTION_DAYS, **args)


def build(keep: Keep, *, preview: bool = False, **args: Any) -> Recording[Network]:
    return record(lambda: Network("acme-network", arguments(keep, **args)), preview=preview)


@pytest.mark.parametrize("egress", [EgressRules(), ALLOWED])
def test_a_network_keeps_the_contract_with_and_without_egress(keep: Keep, egress: EgressRules) -> None:
    recording = build(keep, egress=egress)
    assert_contract(recording, keep)
    assert {node.urn for node in build(keep, egress=egress, preview=True).nodes} == {n.urn for n in recording.nodes}


def test_without_egress_there_is_no_gateway(keep: Keep) -> None:
    recording = build(keep)
    assert recording.of_type("aws:ec2/vpc:Vpc")
    for token in WAYS_OUT:
        assert recording.of_type(token) == [], token
    assert not [node for node in recording.resources if node.type.startswith("aws:networkfirewall/")]
    assert recording.result.egress_ips == []


def test_with_an_allow_list_all_egress_passes_the_firewall(keep: Keep) -> None:
    recording = build(keep, egress=ALLOWED)
    assert len(recording.of_type("aws:ec2/internetGateway:InternetGateway")) == 1
    assert len(recording.of_type("aws:networkfirewall/firewall:Firewall")) == 1
    assert len(recording.result.egress_ips) == len(ZONES)
    private_tables = recording.value(recording.result.ref.route_table_ids)
    routes = [node for node in recording.of_type(ROUTE) if node.inputs["routeTableId"] in private_tables]
    assert len(routes) == len(ZONES)
    assert all(route.inputs["vpcEndpointId"].startswith("vpce-") for route in routes)


def test_each_of_three_zones_has_a_private_and_an_endpoint_subnet(keep: Keep) -> None:
    recording = build(keep)
    subnets = recording.of_type(SUBNET)
    assert len(subnets) == 2 * len(ZONES)
    for purpose in ("private", "endpoints"):
        zones = [
            recording.one(SUBNET, f"acme-network-{purpose}-{index}").inputs["availabilityZone"] for index in range(3)
        ]
        assert tuple(zones) == ZONES
    assert all(IPv4Network(node.inputs["cidrBlock"]).subnet_of(IPv4Network("10.64.0.0/16")) for node in subnets)
    assert all(node.inputs["mapPublicIpOnLaunch"] is False for node in subnets)
    marked = [node.name for node in subnets if node.tags.get("kubernetes.io/role/internal-elb") == "1"]
    assert sorted(marked) == [f"acme-network-private-{index}" for index in range(3)]


def test_outputs_are_in_the_order_of_the_zones(keep: Keep) -> None:
    recording = build(keep)
    network = recording.result.ref
    assert tuple(network.zones) == ZONES
    assert recording.value(network.private_subnet_ids) == [f"acme-network-private-{index}-id" for index in range(3)]
    assert recording.value(network.endpoint_subnet_ids) == [f"acme-network-endpoints-{index}-id" for index in range(3)]
    assert recording.value(network.route_table_ids) == [f"acme-network-private-{index}-id" for index in range(3)]
    assert recording.value(network.cidr) == "10.64.0.0/16"


def test_every_subnet_has_the_route_table_of_its_kind(keep: Keep) -> None:
    recording = build(keep, egress=ALLOWED)
    associations = recording.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation")
    associated = {node.inputs["subnetId"]: node.inputs["routeTableId"] for node in associations}
    assert associated.keys() == {node.id for node in recording.of_type(SUBNET)}
    tables = {node.id for node in recording.of_type("aws:ec2/routeTable:RouteTable")}
    assert set(associated.values()) == tables


def test_default_groups_and_acls_allow_nothing(keep: Keep) -> None:
    recording = build(keep)
    group = recording.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    acl = recording.one("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
    table = recording.one("aws:ec2/defaultRouteTable:DefaultRouteTable").inputs
    assert (group["ingress"], group["egress"]) == ([], [])
    assert (acl.inputs["ingress"], acl.inputs["egress"]) == ([], [])
    assert acl.ignore_changes == ("subnetIds",)
    assert table["routes"] == []
    assert acl.inputs["defaultNetworkAclId"] == "acme-network-default-acl"


@pytest.mark.parametrize(("egress", "ports"), [(EgressRules(), {443}), (ALLOWED, {80, 443})])
def test_every_subnet_uses_the_network_acl(keep: Keep, egress: EgressRules, ports: set[int]) -> None:
    recording = build(keep, egress=egress)
    acl = recording.one(ACL).inputs
    assert set(acl["subnetIds"]) == {node.id for node in recording.of_type(SUBNET)}
    outward = [rule for rule in acl["egress"] if rule["cidrBlock"] == "0.0.0.0/0"]
    assert {rule["fromPort"] for rule in outward} == {rule["toPort"] for rule in outward} == ports
    inward = [rule for rule in acl["ingress"] if rule["cidrBlock"] == "0.0.0.0/0"]
    assert [(rule["protocol"], rule["fromPort"], rule["toPort"]) for rule in inward] == [("tcp", 1024, 65535)]
    numbers = [rule["ruleNo"] for rule in acl["egress"]]
    assert len(set(numbers)) == len(numbers)


def test_names_of_links_and_allowed_hosts_resolve(keep: Keep) -> None:
    recording = build(keep, egress=ALLOWED, link_domains=("git.example.com",))
    lists = recording.of_type("aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList")
    (allowed,) = [node.inputs["domains"] for node in lists if node.name.endswith("-allowed")]
    assert {"git.example.com", "pypi.org"} <= set(allowed)


def test_every_resource_is_in_the_networks_region(keep: Keep) -> None:
    recording = build(keep, region=RECOVERY_REGION, zones=RECOVERY_ZONES)
    assert_contract(recording, keep, regions=frozenset({RECOVERY_REGION, REGION}))
    placed = [node for node in recording.resources if accepts(node.type, "region")]
    assert len(placed) > 40
    assert [node.name for node in placed if node.region != RECOVERY_REGION] == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"cidr": "10.0.0.0/24"}, "cidr must be from /16 to /22"),
        ({"zones": (ZONES[0], ZONES[0])}, "zones must differ"),
        ({"zones": RECOVERY_ZONES}, f"zones must be in {REGION}, got {RECOVERY_REGION}a"),
        ({"zones": ZONES[:1]}, "zones must be 2 or 3, got 1"),
        ({"region": RECOVERY_REGION, "zones": RECOVERY_ZONES, "egress": ALLOWED}, "must have no egress"),
    ],
)
def test_bad_args_are_named(keep: Keep, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **args)
