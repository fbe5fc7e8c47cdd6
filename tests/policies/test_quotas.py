"""Default quotas: the table is AWS's, and what a graph uses of them is counted."""

import gzip
import json
from pathlib import Path
from typing import Any

import moto
import pytest
from moto.servicequotas.resources.default_quotas.vpc import VPC_DEFAULT_QUOTAS

from policies.facts import Facts
from policies.graph import Node, ResourceGraph
from policies.pod_room import DAEMONS, PODS_BY_SIZE, SCALERS, pods_per_node
from policies.quotas import COUNTS, Usage, exceeded, usages
from stacks.spec.instances import INSTANCE_TYPES
from tests.policies.rules.keeps import facts, node
from tests.stacks.documents import document
from tests.stacks.programs import PLATFORM, graph_of

ENDPOINT, GROUP = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/securityGroup:SecurityGroup"
INBOUND = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
DETAILS_FILE = Path(moto.__file__).parent / "ec2/resources/instance_types.json.gz"
POOL = "aws:eks/nodeGroup:NodeGroup"


def facts_of(stack: str) -> Facts:
    key = "codekeep:platform" if stack == PLATFORM else "codekeep:tenant"
    return Facts.of({key: document(stack)})


def over_usages(*nodes: Node, agreed: Facts | None = None) -> list[Usage]:
    return exceeded(ResourceGraph(project="codekeep", stack="acme", nodes=nodes), agreed or facts())


def over(*nodes: Node, agreed: Facts | None = None) -> list[tuple[str, str, int]]:
    """Code, whose and used of each quota that is exceeded."""
    return [(each.quota.code, each.whose, each.used) for each in over_usages(*nodes, agreed=agreed)]


def test_the_figures_of_vpc_are_those_of_service_quotas() -> None:
    service = {each["QuotaCode"]: (each["QuotaName"], each["Value"], each["Adjustable"]) for each in VPC_DEFAULT_QUOTAS}
    ours = [quota for quota, _ in COUNTS if quota.service == "vpc"]
    assert len(ours) >= 10
    for quota in ours:
        assert service[quota.code] == (quota.name, quota.default, True)


def test_every_quota_has_a_source_and_no_two_are_the_same() -> None:
    names = [(quota.service, quota.name) for quota, _ in COUNTS]
    assert len(set(names)) == len(names)
    assert all(quota.source for quota, _ in COUNTS)


@pytest.mark.parametrize("stack", ["demo", "acme", "pico", PLATFORM])
def test_a_shipped_keep_needs_only_more_vcpus_than_a_new_account_has(stack: str) -> None:
    found = {each.quota.code for each in exceeded(graph_of(stack), facts_of(stack))}
    assert found == (set() if stack == "pico" else {"L-DB2E81BA", "L-1216C47A"})
    assert len(usages(graph_of(stack), facts_of(stack))) >= 5


def test_the_message_names_the_quota_to_raise() -> None:
    (gpus, _) = exceeded(graph_of("acme"), facts_of("acme"))
    assert str(gpus) == (
        "Running On-Demand G and VT instances (vCPUs): 960 in eu-central-1, AWS's default is 0; "
        "raise quota L-DB2E81BA of ec2"
    )


@pytest.mark.parametrize(("count", "exceeds"), [(50, False), (51, True)])
def test_interface_endpoints_are_counted_for_each_network(count: int, exceeds: bool) -> None:
    network = node("aws:ec2/vpc:Vpc", "home")
    endpoints = [node(ENDPOINT, f"e{at}", vpcId=network, vpcEndpointType="Interface") for at in range(count)]
    gateway = node(ENDPOINT, "s3", vpcId=network, vpcEndpointType="Gateway")
    elsewhere = node(ENDPOINT, "other", vpcId="vpc-2", vpcEndpointType="Interface")
    expected = [("L-29B6F2EB", "home", count)] if exceeds else []
    assert over(network, gateway, elsewhere, *endpoints) == expected


def test_a_platforms_network_has_an_endpoint_of_each_admitted_keep_too() -> None:
    admitted = {**document(PLATFORM), "tenants": [f"tenant-{at}" for at in range(40)]}
    (usage,) = [
        each
        for each in exceeded(graph_of(PLATFORM), Facts.of({"codekeep:platform": admitted}))
        if each.quota.service == "vpc"
    ]
    assert (usage.quota.code, usage.whose) == ("L-29B6F2EB", "platform-euc1-network")
    assert usage.used == 40 + len(graph_of(PLATFORM).of_type(ENDPOINT)) - 1  # S3's is a gateway


def test_rules_are_counted_for_each_group_and_direction() -> None:
    group = node(GROUP, "nodes", ingress=[{"fromPort": 443}], egress=[{"fromPort": 0}] * 59)
    rules = [node(INBOUND, f"r{at}", securityGroupId=group) for at in range(60)]
    assert over(group, *rules[:59]) == []
    assert over(group, *rules) == [("L-0EA8095F", "inbound rules of nodes", 61)]


@pytest.mark.parametrize(
    ("type_", "inputs", "most", "code"),
    [
        ("aws:ec2/vpc:Vpc", {}, 5, "L-F678F1CE"),
        ("aws:ec2/eip:Eip", {}, 5, "L-0263D0A3"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": "node"}, 10, "L-0DA4ABF3"),
        ("aws:iam/role:Role", {}, 1000, "L-FE177D64"),
        (ENDPOINT, {"vpcEndpointType": "Gateway"}, 20, "L-1B52E74A"),
        (POOL, {"clusterName": "keep"}, 30, "L-6D54EA21"),
        ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", {}, 10, ""),
    ],
)
def test_one_more_than_the_default_is_a_warning(type_: str, inputs: dict[str, Any], most: int, code: str) -> None:
    nodes = [node(type_, f"n{at}", **inputs) for at in range(most + 1)]
    assert over(*nodes[:-1]) == []
    assert [(found, used) for found, _, used in over(*nodes)] == [(code, most + 1)]


def test_nat_gateways_are_counted_by_zone() -> None:
    subnets = [node("aws:ec2/subnet:Subnet", zone, availabilityZone=zone) for zone in ("a", "b")]
    gateways = [node("aws:ec2/natGateway:NatGateway", f"n{at}", subnetId=subnets[at % 2]) for at in range(11)]
    assert over(*subnets, *gateways) == [("L-FE5A380F", "a", 6)]


def test_vcpus_are_read_from_the_size_of_every_type_of_the_table() -> None:
    for name, machine in INSTANCE_TYPES.items():
        if not name.endswith(".large"):
            pool = node(POOL, instanceTypes=[name], scalingConfig={"maxSize": 2}, clusterName="keep")
            codes = {"g": "L-DB2E81BA", "p": "L-417A185B"}
            assert over(pool) == [(codes.get(name[0], "L-1216C47A"), "eu-central-1", 2 * machine.vcpus)] or (
                machine.vcpus * 2 <= 5
            ), name


def test_pods_per_node_are_what_the_interfaces_and_eks_allow() -> None:
    details = json.loads(gzip.decompress(DETAILS_FILE.read_bytes()))
    for name, machine in INSTANCE_TYPES.items():
        card = details[name]["NetworkInfo"]
        interfaces = card["NetworkCards"][0]["MaximumNetworkInterfaces"]
        room = interfaces * (card["Ipv4AddressesPerInterface"] - 1) + 2
        assert PODS_BY_SIZE[name.partition(".")[2]] <= min(room, 110 if machine.vcpus < 30 else 250), name


@pytest.mark.parametrize("stack", ["demo", "acme", PLATFORM])
def test_the_pods_of_a_shipped_keep_fit_on_its_nodes(stack: str) -> None:
    rooms = {group: (pods, room) for group, pods, room in pods_per_node(graph_of(stack))}
    assert len(rooms) == 4
    assert all(DAEMONS <= pods <= room for pods, room in rooms.values()), rooms


def test_more_pods_than_fit_are_a_warning() -> None:
    labels = {"role": "system"}
    pool = node(POOL, "system", instanceTypes=["m7i.xlarge"], scalingConfig={"maxSize": 2}, labels=labels)
    template = {"spec": {"nodeSelector": labels}}
    gateway = node(
        "kubernetes:apps/v1:Deployment", "g", metadata={"name": "g"}, spec={"replicas": 1, "template": template}
    )
    scaler = node(SCALERS[1], "g", spec={"scaleTargetRef": {"name": "g"}, "maxReplicas": 93})
    found = [each for each in over_usages(pool, gateway, scaler) if each.quota.name == "Pods per node"]
    assert [str(each) for each in found] == [
        "Pods per node: 59 in system, AWS's default is 58; choose larger instance types or more nodes"
    ]
    other = node("kubernetes:apps/v1:Deployment", "g", metadata={"name": "g"}, spec={"template": {"spec": {}}})
    assert not [each for each in over_usages(pool, other, scaler) if each.quota.name == "Pods per node"]
