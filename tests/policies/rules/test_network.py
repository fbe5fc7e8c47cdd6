"""Network rules: what passes, what fails and at which property, what cannot be decided."""

import importlib
from dataclasses import replace
from typing import Any

import pytest

from policies.graph import UNKNOWN, Node
from policies.rule import Rule
from tests.policies.rules.keeps import SILENT, facts, findings, node, undecided, verdicts, violation

VPC = "aws:ec2/vpc:Vpc"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
BUCKET = "aws:s3/bucket:Bucket"
ALLOWED = facts(egress="allow-list", egress_domains=frozenset({"login.acme.example", "*.cdn.acme.example"}))
LINK = "com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d4e5f60718"
PRINCIPAL = "arn:aws:iam::444455556666:role/developers"


def rule(name: str) -> Rule:
    found = importlib.import_module(f"policies.rules.network.{name}").RULE
    assert isinstance(found, Rule)
    return found


# Rule, type, inputs that pass, one change that fails, the property that is named.
ONE_RESOURCE: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("public_addresses", "aws:ec2/subnet:Subnet", {}, {"mapPublicIpOnLaunch": True}, "mapPublicIpOnLaunch"),
    (
        "public_addresses",
        "aws:ec2/launchTemplate:LaunchTemplate",
        {"networkInterfaces": [{"associatePublicIpAddress": "false"}]},
        {"networkInterfaces": [{"deviceIndex": 0}, {"associatePublicIpAddress": "true"}]},
        "networkInterfaces[1].associatePublicIpAddress",
    ),
    ("open_ingress", INGRESS, {"cidrIpv4": "10.0.0.0/8"}, {"cidrIpv4": "0.0.0.0/1"}, "cidrIpv4"),
    ("open_ingress", INGRESS, {"cidrIpv6": "fd00::/8"}, {"cidrIpv6": "::/0"}, "cidrIpv6"),
    (
        "open_ingress",
        GROUP,
        {"ingress": [{"cidrBlocks": ["100.64.0.0/10"]}], "egress": [{"cidrBlocks": ["0.0.0.0/0"]}]},
        {"ingress": [{"cidrBlocks": ["10.0.0.0/8", "0.0.0.0/0"]}]},
        "ingress[0].cidrBlocks[1]",
    ),
    (
        "open_ingress",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        {"type": "egress", "cidrBlocks": ["0.0.0.0/0"]},
        {"type": "ingress"},
        "cidrBlocks[0]",
    ),
    ("rule_descriptions", INGRESS, {"description": "HTTPS (443) of a+b"}, {"description": "the keep's"}, "description"),
    ("rule_descriptions", EGRESS, {"description": "x" * 255}, {"description": "x" * 256}, "description"),
    ("rule_descriptions", GROUP, {"description": "nodes"}, {"description": "the nodes'"}, "description"),
    (
        "rule_descriptions",
        GROUP,
        {"ingress": [{"cidrBlocks": ["10.0.0.0/8"]}]},
        {"ingress": [{"description": "fine"}, {"description": "a -> b"}]},
        "ingress[1].description",
    ),
    ("open_egress", EGRESS, {"cidrIpv4": "10.0.0.0/16"}, {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"}, "cidrIpv4"),
    (
        "network_acls",
        "aws:ec2/networkAcl:NetworkAcl",
        {
            "ingress": [
                {"action": "allow", "protocol": "tcp", "cidrBlock": "0.0.0.0/0", "fromPort": 1024, "toPort": 65535}
            ]
        },
        {"ingress": [{"action": "allow", "protocol": "tcp", "cidrBlock": "0.0.0.0/0", "fromPort": 22, "toPort": 22}]},
        "ingress[0].cidrBlock",
    ),
    (
        "cluster_endpoint",
        "aws:eks/cluster:Cluster",
        {"vpcConfig": {"endpointPublicAccess": False, "endpointPrivateAccess": True}},
        {"vpcConfig": {"endpointPrivateAccess": True}},  # EKS's default is public
        "vpcConfig.endpointPublicAccess",
    ),
    (
        "index_in_network",
        "aws:opensearch/domain:Domain",
        {"vpcOptions": {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}},
        {"vpcOptions": {"subnetIds": [], "securityGroupIds": ["sg-1"]}},
        "vpcOptions.subnetIds",
    ),
    (
        "internal_load_balancers",
        "aws:lb/loadBalancer:LoadBalancer",
        {"internal": True},
        {"internal": False},
        "internal",
    ),
    (
        "internal_load_balancers",
        "kubernetes:core/v1:Service",
        {"spec": {"type": "ClusterIP"}},
        {"spec": {"type": "LoadBalancer"}},
        "metadata.annotations",
    ),
    (
        "endpoint_guards",
        ENDPOINT,
        {
            "vpcEndpointType": "Interface",
            "serviceName": "com.amazonaws.eu-central-1.kms",
            "securityGroupIds": ["sg-1"],
            "privateDnsEnabled": True,
        },
        {"privateDnsEnabled": False},
        "privateDnsEnabled",
    ),
    (
        "firewall_default_drop",
        "aws:networkfirewall/firewallPolicy:FirewallPolicy",
        {"firewallPolicy": {"statelessDefaultActions": ["aws:drop"], "statelessFragmentDefaultActions": ["aws:drop"]}},
        {"firewallPolicy": {"statelessDefaultActions": ["aws:drop"], "statelessFragmentDefaultActions": ["aws:pass"]}},
        "firewallPolicy.statelessFragmentDefaultActions",
    ),
    (
        "foreign_networks",
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        {"peerOwnerId": "111122223333"},
        {"peerOwnerId": "999988887777"},
        "peerOwnerId",
    ),
    (
        "public_services",
        "aws:rds/instance:Instance",
        {"engine": "postgres"},
        {"publiclyAccessible": True},
        "publiclyAccessible",
    ),
    (
        "public_services",
        "aws:sagemaker/notebookInstance:NotebookInstance",
        {"directInternetAccess": "Disabled"},
        {"directInternetAccess": "Enabled"},
        "directInternetAccess",
    ),
    (
        "public_sharing",
        "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
        {"accountId": "111122223333"},
        {"group": "all"},
        "group",
    ),
    (
        "bucket_public_access",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True),
        {"ignorePublicAcls": False},
        "ignorePublicAcls",
    ),
    (
        "dns_firewall",
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        {"firewallFailOpen": "DISABLED"},
        {"firewallFailOpen": "ENABLED"},
        "firewallFailOpen",
    ),
]


@pytest.mark.parametrize(("name", "type_", "good", "change", "path"), ONE_RESOURCE)
def test_what_one_resource_decides(
    name: str, type_: str, good: dict[str, Any], change: dict[str, Any], path: str
) -> None:
    assert verdicts(rule(name), node(type_, **good)) == []
    bad = node(type_, **{**good, **change})
    assert verdicts(rule(name), bad) == [violation(bad, path)]


@pytest.mark.parametrize(
    ("name", "type_", "inputs", "path"),
    [
        ("public_addresses", "aws:ec2/subnet:Subnet", {"mapPublicIpOnLaunch": UNKNOWN}, "mapPublicIpOnLaunch"),
        ("open_ingress", INGRESS, {"cidrIpv4": UNKNOWN}, "cidrIpv4"),
        ("open_ingress", GROUP, {"ingress": UNKNOWN}, "ingress"),
        ("open_egress", EGRESS, {"cidrIpv4": "${urn:pulumi:a::b::aws:ec2/vpc:Vpc::v#cidrBlock}"}, "cidrIpv4"),
        ("prefix_lists", INGRESS, {"prefixListId": "pl-0123"}, "prefixListId"),
        ("internal_load_balancers", "aws:lb/loadBalancer:LoadBalancer", {"internal": UNKNOWN}, "internal"),
        ("link_services", ENDPOINT, {"serviceName": UNKNOWN}, "serviceName"),
        ("endpoint_policies", ENDPOINT, {"serviceName": "com.amazonaws.eu-central-1.s3", "policy": UNKNOWN}, "policy"),
        (
            "foreign_networks",
            "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
            {"peerOwnerId": UNKNOWN},
            "peerOwnerId",
        ),
    ],
)
def test_what_is_not_known_is_undecided(name: str, type_: str, inputs: dict[str, Any], path: str) -> None:
    given = node(type_, **inputs)
    assert verdicts(rule(name), given) == [undecided(given, path)]


@pytest.mark.parametrize(
    ("name", "type_", "inputs"),
    [
        ("internet_gateways", "aws:ec2/internetGateway:InternetGateway", {}),
        ("internet_gateways", "aws:ec2/natGateway:NatGateway", {"connectivityType": "public"}),
        ("elastic_addresses", "aws:ec2/eip:Eip", {}),
    ],
)
def test_ways_out_need_an_agreement(name: str, type_: str, inputs: dict[str, Any]) -> None:
    given = node(type_, **inputs)
    assert verdicts(rule(name), given) == [violation(given, "")]
    assert verdicts(rule(name), given, agreed=SILENT) == [undecided(given, "")]
    nat = node("aws:ec2/natGateway:NatGateway", "nat", allocationId=given)
    assert verdicts(rule(name), given, nat, agreed=ALLOWED) == []


def test_the_agreed_egress_is_that_of_the_home_region() -> None:
    abroad = node("aws:ec2/internetGateway:InternetGateway", region="eu-west-1")
    assert verdicts(rule("internet_gateways"), abroad, agreed=ALLOWED) == [violation(abroad, "region")]


def test_an_allow_list_lets_web_ports_out_and_no_others() -> None:
    web = node(EGRESS, "web", cidrIpv4="0.0.0.0/0", ipProtocol="tcp", fromPort=443, toPort=443)
    ssh = node(EGRESS, "ssh", cidrIpv4="0.0.0.0/0", ipProtocol="tcp", fromPort=22, toPort=22)
    assert verdicts(rule("open_egress"), web, ssh, agreed=ALLOWED) == [violation(ssh, "cidrIpv4")]


@pytest.mark.parametrize(
    ("name", "taker", "reference"),
    [
        ("default_security_group", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId"),
        ("default_network_acl", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "defaultNetworkAclId"),
        ("default_route_table", "aws:ec2/defaultRouteTable:DefaultRouteTable", "defaultRouteTableId"),
        (
            "dns_firewall",
            "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
            "vpcId",
        ),
    ],
)
def test_every_vpc_needs_its_companions(name: str, taker: str, reference: str) -> None:
    network, other = node(VPC, "network"), node(VPC, "other")
    companion = node(taker, **{reference: network})
    assert verdicts(rule(name), network, companion) == []
    assert verdicts(rule(name), network, other, companion) == [violation(other, "")]


def test_a_default_group_with_a_rule_is_open() -> None:
    network = node(VPC)
    group = node("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=network, ingress=[{"self": True}])
    assert verdicts(rule("default_security_group"), network, group) == [violation(group, "ingress[0]")]


def way_out() -> dict[str, Node]:
    """Subnets of workload, firewall and NAT gateway, each with its table, and routes from each to the next."""
    subnets = {name: node("aws:ec2/subnet:Subnet", name) for name in ("workload", "firewall", "nat")}
    tables = {name: node("aws:ec2/routeTable:RouteTable", f"{name}-table") for name in subnets}
    associations = {
        f"{name}-association": node(
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            name,
            subnetId=subnets[name],
            routeTableId=tables[name],
        )
        for name in subnets
    }
    return {
        **subnets,
        **{f"{name}-table": table for name, table in tables.items()},
        **associations,
        "nat-gateway": node("aws:ec2/natGateway:NatGateway", subnetId=subnets["nat"]),
        "wall": node("aws:networkfirewall/firewall:Firewall", subnetMappings=subnets["firewall"]),
    }


def route(table: Node, name: str, **target: Any) -> Node:
    return node("aws:ec2/route:Route", name, routeTableId=table, destinationCidrBlock="0.0.0.0/0", **target)


def test_every_stretch_of_the_way_out_starts_where_the_last_one_ends() -> None:
    parts = way_out()
    good = (
        route(parts["workload-table"], "out", vpcEndpointId=parts["wall"]),
        route(parts["firewall-table"], "translated", natGatewayId=parts["nat-gateway"]),
        route(parts["nat-table"], "last", gatewayId="igw-1"),
    )
    assert verdicts(rule("firewalled_routes"), *parts.values(), *good, agreed=ALLOWED) == []
    past = route(parts["workload-table"], "past", natGatewayId=parts["nat-gateway"])
    direct = route(parts["workload-table"], "direct", gatewayId="igw-1")
    joined = route(parts["nat-table"], "joined", transitGatewayId="tgw-1")
    assert verdicts(rule("firewalled_routes"), *parts.values(), past, direct, joined, agreed=ALLOWED) == [
        violation(past, "natGatewayId"),
        violation(direct, "gatewayId"),
        violation(joined, "transitGatewayId"),
    ]


def test_without_an_agreed_egress_no_route_leads_outside() -> None:
    table = node("aws:ec2/routeTable:RouteTable", routes=[{"cidrBlock": "128.0.0.0/1", "natGatewayId": "nat-1"}])
    inside = node("aws:ec2/routeTable:RouteTable", "in", routes=[{"cidrBlock": "10.0.0.0/8", "natGatewayId": "nat-1"}])
    assert verdicts(rule("firewalled_routes"), table, inside) == [violation(table, "routes[0].cidrBlock")]
    assert verdicts(rule("firewalled_routes"), table, agreed=SILENT) == [undecided(table, "routes[0].cidrBlock")]


def test_a_listed_range_counts_as_much_as_a_written_one() -> None:
    listed = node(
        "aws:ec2/managedPrefixList:ManagedPrefixList", entries=[{"cidr": "10.0.0.0/8"}, {"cidr": "0.0.0.0/0"}]
    )
    assert verdicts(rule("prefix_lists"), listed, node(INGRESS, prefixListId=listed)) == [
        violation(listed, "entries[1].cidr")
    ]


def test_only_agreed_principals_are_admitted() -> None:
    agreed = facts(entry_principals=frozenset({PRINCIPAL}))
    service = node("aws:ec2/vpcEndpointService:VpcEndpointService", acceptanceRequired=True)
    token = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
    good, foreign = node(token, "good", principalArn=PRINCIPAL), node(token, "bad", principalArn="arn:aws:iam::9:root")
    anybody = node(token, "anybody", principalArn="*")
    assert verdicts(rule("entry_principals"), service, good, agreed=agreed) == []
    assert verdicts(rule("entry_principals"), foreign, anybody, agreed=agreed) == [
        violation(foreign, "principalArn"),
        violation(anybody, "principalArn"),
    ]
    open_service = node(service.type, acceptanceRequired=False)
    assert verdicts(rule("entry_principals"), open_service) == [violation(open_service, "acceptanceRequired")]


def test_endpoints_lead_to_aws_and_to_the_services_of_the_spec() -> None:
    kms, link = node(ENDPOINT, "kms", serviceName="com.amazonaws.eu-central-1.kms"), node(ENDPOINT, serviceName=LINK)
    assert verdicts(rule("link_services"), kms, link, agreed=facts(endpoint_services=frozenset({LINK}))) == []
    assert verdicts(rule("link_services"), kms, link) == [violation(link, "serviceName")]
    assert verdicts(rule("link_services"), kms, link, agreed=SILENT) == [undecided(link, "serviceName")]


def test_an_endpoints_policy_names_whose_it_is() -> None:
    def endpoint(name: str, **statement: Any) -> Node:
        granted = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*", **statement}
        return node(ENDPOINT, name, serviceName="com.amazonaws.eu-central-1.s3", policy={"Statement": [granted]})

    account = {"aws:PrincipalAccount": "111122223333"}
    good = [endpoint("account", Condition={"StringEquals": account}), endpoint("one", Resource="arn:aws:s3:::one/*")]
    if_exists, anything = endpoint("if", Condition={"StringEqualsIfExists": account}), endpoint("any")
    bare = node(ENDPOINT, "bare", serviceName="com.amazonaws.eu-central-1.s3")
    assert verdicts(rule("endpoint_policies"), *good) == []
    assert verdicts(rule("endpoint_policies"), if_exists, anything, bare) == [
        violation(if_exists, "policy|Statement[0]"),
        violation(anything, "policy|Statement[0]"),
        violation(bare, "policy"),
    ]


def test_a_dns_firewall_ends_with_a_block_of_everything() -> None:
    group = node("aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup")
    token, lists = (
        "aws:route53/resolverFirewallRule:ResolverFirewallRule",
        "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
    )
    known, every = node(lists, "known", domains=["*.example.com"]), node(lists, "every", domains=["*"])

    def entry(name: str, priority: Any, action: str, domains: Node) -> Node:
        return node(
            token, name, firewallRuleGroupId=group, priority=priority, action=action, firewallDomainListId=domains
        )

    allow, block = entry("allow", 100, "ALLOW", known), entry("block", 200, "BLOCK", every)
    assert verdicts(rule("dns_block_list"), group, known, every, allow, block) == []
    late = entry("late", 300, "ALLOW", every)
    assert verdicts(rule("dns_block_list"), group, known, every, allow, block, late) == [
        violation(late, "action"),
        violation(late, "firewallDomainListId"),
    ]
    assert verdicts(rule("dns_block_list"), group) == [violation(group, "")]
    open_ended = entry("open", UNKNOWN, "BLOCK", every)
    assert verdicts(rule("dns_block_list"), group, every, open_ended) == [undecided(open_ended, "priority")]


def test_a_dns_firewall_lets_the_names_of_its_network_resolve() -> None:
    endpoint_type = "aws:ec2/vpcEndpoint:VpcEndpoint"
    group = node("aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup")
    lists, token = (
        "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
        "aws:route53/resolverFirewallRule:ResolverFirewallRule",
    )
    attached = node(
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        firewallRuleGroupId=group,
        vpcId="vpc-1",
    )

    def judged(domains: Any, *others: Node, vpc: str = "vpc-1") -> Any:
        listed = node(lists, domains=domains)
        allow = node(token, firewallRuleGroupId=group, priority=1, action="ALLOW", firewallDomainListId=listed)
        endpoint = {"vpcEndpointType": "Interface", "vpcId": vpc}
        auth = node(endpoint_type, "auth", serviceName="com.amazonaws.eu-central-1.eks-auth", **endpoint)
        link = node(endpoint_type, "link", serviceName="com.amazonaws.vpce.eu-central-1.vpce-svc-1", **endpoint)
        return verdicts(rule("dns_service_names"), attached, group, listed, allow, auth, link, *others)

    blocked = violation(attached, "firewallRuleGroupId")
    assert judged(["eks-auth.eu-central-1.api.aws"]) == []
    assert judged(["*.eu-central-1.amazonaws.com"]) == [blocked]
    assert judged(["*.eu-central-1.amazonaws.com"], vpc="vpc-2") == []
    zone = replace(node("aws:route53/zone:Zone"), inputs={"name": "git.example.com", "vpcs": [{"vpcId": "vpc-1"}]})
    assert judged(["eks-auth.eu-central-1.api.aws"], zone) == [blocked]
    assert judged(["*.api.aws", "git.example.com"], zone) == []
    assert judged(UNKNOWN) == [undecided(attached, "firewallRuleGroupId")]
    nowhere = replace(attached, inputs={**attached.inputs, "vpcId": UNKNOWN})
    assert verdicts(rule("dns_service_names"), nowhere, group) == [undecided(nowhere, "vpcId")]
    odd = node(
        endpoint_type, "odd", serviceName="com.amazonaws.eu-central-1.odd", vpcEndpointType="Interface", vpcId="vpc-1"
    )
    assert judged(["eks-auth.eu-central-1.api.aws"], odd) == [undecided(odd, "serviceName")]


def test_the_firewall_passes_the_domains_of_the_spec() -> None:
    def hosts(*targets: str, kind: str = "ALLOWLIST") -> Node:
        source = {"rulesSourceList": {"generatedRulesType": kind, "targets": list(targets)}}
        return node("aws:networkfirewall/ruleGroup:RuleGroup", ruleGroup={"rulesSource": source})

    targets = "ruleGroup.rulesSource.rulesSourceList.targets"
    good, more = hosts("login.acme.example", ".cdn.acme.example"), hosts("login.acme.example", "paste.example")
    assert verdicts(rule("firewall_domains"), good, agreed=ALLOWED) == []
    assert verdicts(rule("firewall_domains"), more, agreed=ALLOWED) == [violation(more, f"{targets}[1]")]
    assert verdicts(rule("firewall_domains"), good) == [violation(good, f"{targets}[{index}]") for index in (0, 1)]
    passing = node("aws:networkfirewall/ruleGroup:RuleGroup", rules="drop ip any any -> any any\npass tcp any any")
    assert verdicts(rule("firewall_domains"), passing, agreed=ALLOWED) == [violation(passing, "rules")]


def test_a_bucket_without_a_block_is_named_with_the_remedy() -> None:
    closed, bare = node(BUCKET, "closed"), node(BUCKET, "bare")
    switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    block = node(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", bucket=closed, **dict.fromkeys(switches, True)
    )
    (found,) = findings(rule("bucket_public_access"), closed, bare, block)
    assert found.urn == bare.urn
    assert found.message.startswith("Bucket bare: the resource has no BucketPublicAccessBlock; set all four switches")


def test_a_transit_gateway_that_is_not_in_the_stack_is_foreign() -> None:
    token, gateway = (
        "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
        node("aws:ec2transitgateway/transitGateway:TransitGateway"),
    )
    own, foreign = node(token, "own", transitGatewayId=gateway), node(token, "foreign", transitGatewayId="tgw-1")
    assert verdicts(rule("foreign_networks"), gateway, own, foreign) == [violation(foreign, "transitGatewayId")]
    agreed = facts(transit_gateways=frozenset({"tgw-1"}))
    assert verdicts(rule("foreign_networks"), gateway, own, foreign, agreed=agreed) == []
