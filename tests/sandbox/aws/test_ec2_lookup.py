"""Network look-ups through the provider: what an adopted network is read with."""

import importlib
import inspect
import re

import pytest

from sandbox.aws.services import ec2_lookup
from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import ROUTE_TABLE, SUBNET, VPC

ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
S3 = "com.amazonaws.eu-central-1.s3"


@pytest.fixture
def network(plugin, unique):
    """A VPC with a subnet, a table and an endpoint: their ids by kind."""
    vpc = plugin.create(VPC, unique, {"cidrBlock": "10.0.0.0/16", "tags": {"code_keep": unique}}).id
    subnet = plugin.create(
        SUBNET, unique, {"vpcId": vpc, "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-central-1a"}
    ).id
    table = plugin.create(ROUTE_TABLE, unique, {"vpcId": vpc}).id
    plugin.create(ASSOCIATION, unique, {"routeTableId": table, "subnetId": subnet})
    endpoint = plugin.create(ENDPOINT, unique, {"vpcId": vpc, "serviceName": S3, "routeTableIds": [table]}).id
    return {"vpc": vpc, "subnet": subnet, "table": table, "endpoint": endpoint, "tag": unique}


def look_up(plugin, function, **arguments):
    return plugin.invoke(f"aws:ec2/{function}:{function}", arguments)


def test_a_vpc_is_found_by_id_and_by_tag(plugin, network):
    by_id = look_up(plugin, "getVpc", id=network["vpc"])
    assert by_id == look_up(plugin, "getVpc", tags={"code_keep": network["tag"]})
    assert by_id["cidrBlock"] == "10.0.0.0/16"
    assert by_id["default"] is False
    assert look_up(plugin, "getVpcs", tags={"code_keep": network["tag"]})["ids"] == [network["vpc"]]


def test_subnets_are_found(plugin, network):
    assert look_up(plugin, "getSubnet", id=network["subnet"])["availabilityZone"] == "eu-central-1a"
    wanted = [{"name": "vpc-id", "values": [network["vpc"]]}]
    assert look_up(plugin, "getSubnets", filters=wanted)["ids"] == [network["subnet"]]


def test_route_tables_are_found(plugin, network):
    table = look_up(plugin, "getRouteTable", subnetId=network["subnet"])
    assert table["routeTableId"] == network["table"]
    assert [route["gatewayId"] for route in table["routes"]] == [network["endpoint"]]
    assert table["associations"][0]["subnetId"] == network["subnet"]
    assert network["table"] in look_up(plugin, "getRouteTables", vpcId=network["vpc"])["ids"]


def test_prefix_lists_are_found(plugin):
    found = look_up(plugin, "getPrefixList", name=S3)
    assert "52.216.0.0/15" in found["cidrBlocks"]
    managed = look_up(plugin, "getManagedPrefixList", name=S3)
    assert managed["id"] == found["prefixListId"]
    assert {entry["cidr"] for entry in managed["entries"]} == set(found["cidrBlocks"])


def test_endpoints_and_their_services_are_found(plugin, network):
    found = look_up(plugin, "getVpcEndpoint", vpcId=network["vpc"], serviceName=S3)
    assert found["id"] == network["endpoint"]
    service = look_up(plugin, "getVpcEndpointService", service="s3", serviceType="Gateway")
    assert service["serviceName"] == S3


def test_the_default_group_is_found(plugin, network):
    group = look_up(plugin, "getSecurityGroup", vpcId=network["vpc"], name="default")
    assert group["id"].startswith("sg-")


def test_no_match_and_several_matches_are_errors(plugin, network):
    with pytest.raises(ProviderError, match="0 match"):
        look_up(plugin, "getSubnet", vpcId="vpc-0")
    with pytest.raises(ProviderError, match="2 match"):
        look_up(plugin, "getRouteTable", vpcId=network["vpc"])


ARGUMENTS = {
    "getManagedPrefixList": lambda network: {"name": S3},
    "getPrefixList": lambda network: {"name": S3},
    "getRouteTable": lambda network: {"routeTableId": network["table"]},
    "getRouteTables": lambda network: {},
    "getSecurityGroup": lambda network: {"vpcId": network["vpc"]},
    "getSubnet": lambda network: {"id": network["subnet"]},
    "getSubnets": lambda network: {},
    "getVpc": lambda network: {"id": network["vpc"]},
    "getVpcEndpoint": lambda network: {"id": network["endpoint"]},
    "getVpcEndpointService": lambda network: {"service": "sts"},
    "getVpcs": lambda network: {},
}


@pytest.mark.parametrize("name", sorted(ec2_lookup.LOOKUPS))
def test_a_look_up_returns_exactly_the_outputs_of_the_official_one(plugin, network, name):
    module = "get_" + re.sub(r"(?<!^)([A-Z])", r"_\1", name.removeprefix("get")).lower()
    source = inspect.getsource(importlib.import_module(f"pulumi_aws.ec2.{module}"))
    known = set(re.findall(r'@pulumi\.getter\(name="(\w+)"\)', source)) | set(
        re.findall(r"def ([a-z]+)\(self\)", source)
    )
    assert "id" in known
    assert look_up(plugin, name, **ARGUMENTS[name](network)).keys() <= known
