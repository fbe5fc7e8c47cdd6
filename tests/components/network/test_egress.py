"""Egress through the network firewall: routes, rules and logs."""

import re
from ipaddress import IPv4Network
from typing import Any

import pytest

from components.naming import Keep
from components.network.cidr_layout import lay_out
from components.network.egress import PROTOCOL_RULES, RULES_CAPACITY, Egress, EgressArgs, EgressMode, EgressRules
from tests.components.builders import ZONES
from tests.components.contract import assert_contract
from tests.components.recording import REGION, Node, Recording, record

ROUTE, SUBNET = "aws:ec2/route:Route", "aws:ec2/subnet:Subnet"
ALLOWED = EgressRules(mode=EgressMode.ALLOW_LIST, domains=("pypi.org", "*.pythonhosted.org"))


def build(
    keep: Keep, *, preview: bool = False, outputs: dict[str, Any] | None = None, **args: Any
) -> Recording[Egress]:
    layout = lay_out("10.64.0.0/16", len(ZONES))
    all_args: dict[str, Any] = {
        "rules": ALLOWED,
        "vpc_id": "vpc-1",
        "zones": ZONES,
        "firewall_subnets": layout.firewalls,
        "public_subnets": layout.publics,
        "workload_subnets": layout.workloads,
        "workload_route_table_ids": [f"rtb-workload-{zone}" for zone in range(3)],
        "log_key_arn": "arn:log",
        "log_retention_days": 90,
        **args,
    }
    return record(lambda: Egress("acme-egress", EgressArgs(keep=keep, **all_args)), preview=preview, outputs=outputs)


class Walk:
    """Follows a packet along the route tables."""

    def __init__(self, recording: Recording[Egress]) -> None:
        self.recording = recording
        self.table_of = {
            node.inputs["subnetId"]: node.inputs["routeTableId"]
            for node in recording.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation")
        }

    def next_hop(self, table: str, destination: str) -> str:
        """The next hop of the most specific route; the VPC's range is local unless a more specific route exists."""
        routes = [node for node in self.recording.of_type(ROUTE) if node.inputs["routeTableId"] == table]
        address = IPv4Network(destination)
        matching = [node for node in routes if address.subnet_of(IPv4Network(node.inputs["destinationCidrBlock"]))]
        best = max(matching, key=lambda node: IPv4Network(node.inputs["destinationCidrBlock"]).prefixlen)
        hops = [best.inputs.get(key) for key in ("vpcEndpointId", "natGatewayId", "gatewayId")]
        (hop,) = [hop for hop in hops if hop]
        return str(hop)

    def subnet(self, name: str) -> Node:
        return self.recording.one(SUBNET, name)


@pytest.mark.parametrize("zone", range(3))
def test_packets_in_both_directions_pass_the_firewall_of_their_zone(keep: Keep, zone: int) -> None:
    recording = build(keep)
    walk = Walk(recording)
    firewall = walk.subnet(f"acme-egress-firewall-{zone}")
    public = walk.subnet(f"acme-egress-public-{zone}")
    nat = recording.one("aws:ec2/natGateway:NatGateway", f"acme-egress-{zone}")
    gateway = recording.one("aws:ec2/internetGateway:InternetGateway")
    endpoint = f"vpce-{'abc'[zone]}"
    internet, workload = "93.184.216.34/32", f"10.64.{zone * 64}.10/32"

    assert walk.next_hop(f"rtb-workload-{zone}", internet) == endpoint
    assert walk.next_hop(walk.table_of[firewall.id], internet) == nat.id
    assert nat.inputs["subnetId"] == public.id
    assert walk.next_hop(walk.table_of[public.id], internet) == gateway.id
    assert walk.next_hop(walk.table_of[public.id], workload) == endpoint
    assert firewall.inputs["availabilityZone"] == public.inputs["availabilityZone"] == ZONES[zone]


def test_no_route_of_a_workload_bypasses_the_firewall(keep: Keep) -> None:
    recording = build(keep)
    outward = [node for node in recording.of_type(ROUTE) if node.inputs["routeTableId"].startswith("rtb-workload")]
    assert len(outward) == len(ZONES)
    assert all(node.inputs["vpcEndpointId"] and "gatewayId" not in node.inputs for node in outward)
    assert not any(node.inputs["mapPublicIpOnLaunch"] for node in recording.of_type(SUBNET))


def test_the_firewall_passes_named_hosts_and_drops_the_rest_in_order(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    policy = recording.one("aws:networkfirewall/firewallPolicy:FirewallPolicy").inputs["firewallPolicy"]
    assert policy["statefulEngineOptions"] == {"ruleOrder": "STRICT_ORDER", "streamExceptionPolicy": "DROP"}
    assert policy["statefulDefaultActions"] == ["aws:drop_established", "aws:alert_established"]
    assert policy["statelessDefaultActions"] == ["aws:forward_to_sfe"]
    assert policy["statelessFragmentDefaultActions"] == ["aws:drop"]
    groups = {node.outputs["arn"]: node for node in recording.of_type("aws:networkfirewall/ruleGroup:RuleGroup")}
    assert len(groups) == 2
    order = sorted(policy["statefulRuleGroupReferences"], key=lambda each: int(each["priority"]))
    protocols, hosts = [groups[each["resourceArn"]].inputs["ruleGroup"] for each in order]
    assert protocols["rulesSource"]["rulesString"] == PROTOCOL_RULES
    assert hosts["rulesSource"]["rulesSourceList"] == {
        "generatedRulesType": "ALLOWLIST",
        "targetTypes": ["TLS_SNI", "HTTP_HOST"],
        "targets": [".pythonhosted.org", "pypi.org"],
    }
    assert all(
        node.inputs["ruleGroup"]["statefulRuleOptions"] == {"ruleOrder": "STRICT_ORDER"} for node in groups.values()
    )


def test_protocol_rules_are_valid_and_fit() -> None:
    lines = PROTOCOL_RULES.splitlines()
    assert 1 <= len(lines) <= RULES_CAPACITY
    sids = [re.search(r"sid:(\d+);", line) for line in lines]
    assert all(sids)
    assert len({match[1] for match in sids if match}) == len(lines)
    for line in lines:
        assert re.fullmatch(r'drop (udp|icmp|tcp|ip) \S+ any -> \S+ \S+ \(msg:"[^"]+"; .*rev:1;\)', line), line
    assert {line.split()[1] for line in lines} >= {"udp", "icmp", "tcp"}


def test_firewall_rules_and_logs_are_encrypted_with_the_keeps_key(keep: Keep) -> None:
    recording = build(keep)
    kinds = ("firewall:Firewall", "firewallPolicy:FirewallPolicy", "ruleGroup:RuleGroup")
    for kind in kinds:
        nodes = recording.of_type(f"aws:networkfirewall/{kind}")
        assert nodes
        assert all(
            node.inputs["encryptionConfiguration"] == {"type": "CUSTOMER_KMS", "keyId": "arn:log"} for node in nodes
        )
    logging = recording.one("aws:networkfirewall/loggingConfiguration:LoggingConfiguration")
    configs = logging.inputs["loggingConfiguration"]["logDestinationConfigs"]
    assert {config["logType"] for config in configs} == {"ALERT", "FLOW"}
    assert {config["logDestination"]["logGroup"] for config in configs} == {"/codekeep/acme/egress"}
    assert recording.one("aws:cloudwatch/logGroup:LogGroup").inputs["kmsKeyId"] == "arn:log"


def test_protection_is_a_choice(keep: Keep) -> None:
    flags = ("deleteProtection", "firewallPolicyChangeProtection", "subnetChangeProtection")
    for protect in (False, True):
        firewall = build(keep, protect=protect).one("aws:networkfirewall/firewall:Firewall")
        assert [firewall.inputs[flag] for flag in flags] == [protect] * 3


def test_a_zone_without_a_firewall_endpoint_fails_the_deployment(keep: Keep) -> None:
    lost = {"aws:networkfirewall/firewall:Firewall": {"firewallStatuses": [{"syncStates": []}]}}
    with pytest.raises(ValueError, match=f"the firewall has no endpoint in {REGION}[abc]"):
        build(keep, outputs=lost)


def test_a_preview_continues_without_knowing_the_firewall_endpoints(keep: Keep) -> None:
    assert {node.urn for node in build(keep, preview=True).nodes} == {node.urn for node in build(keep).nodes}


def test_nat_gateways_wait_for_the_internet_gateway(keep: Keep) -> None:
    recording = build(keep)
    gateway = recording.one("aws:ec2/internetGateway:InternetGateway")
    nats = recording.of_type("aws:ec2/natGateway:NatGateway")
    assert len(nats) == len(ZONES)
    assert all(recording.depends_on(nat, gateway) for nat in nats)
    assert len({nat.inputs["allocationId"] for nat in nats}) == len(ZONES)


def test_domains_are_in_the_notation_of_each_firewall() -> None:
    assert ALLOWED.firewall_targets == [".pythonhosted.org", "pypi.org"]
    assert ALLOWED.dns_domains == ("*.pythonhosted.org", "pypi.org", "pythonhosted.org")


@pytest.mark.parametrize(
    ("mode", "domains", "message"),
    [
        (EgressMode.NONE, ("pypi.org",), "domains must be empty where the mode is none"),
        (EgressMode.ALLOW_LIST, (), "must name at least one host"),
        (EgressMode.ALLOW_LIST, ("*",), "got \\*"),
        (EgressMode.ALLOW_LIST, ("*.*.org",), "must be host names"),
        (EgressMode.ALLOW_LIST, ("https://pypi.org",), "must be host names"),
        (EgressMode.ALLOW_LIST, ("10.0.0.1",), "must be host names"),
        (EgressMode.ALLOW_LIST, tuple(f"h{each}.org" for each in range(301)), "300 at most, got 301"),
    ],
)
def test_bad_rules_are_named(mode: EgressMode, domains: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EgressRules(mode=mode, domains=domains)


def test_egress_without_an_allow_list_is_refused(keep: Keep) -> None:
    with pytest.raises(ValueError, match="leave Egress out"):
        build(keep, rules=EgressRules())
    with pytest.raises(ValueError, match="public_subnets must have one entry per zone, got 1"):
        build(keep, public_subnets=[IPv4Network("10.0.0.0/28")])
