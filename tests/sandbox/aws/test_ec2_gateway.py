"""Internet gateways, NAT gateways and addresses through the provider."""

import pytest

from tests.sandbox.aws.network import network

INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
ADDRESS = "aws:ec2/eip:Eip"


@pytest.fixture
def here(plugin, unique):
    return network(plugin, unique)


def test_an_internet_gateway_passes_the_lifecycle_and_is_detached_before_deletion(lifecycle, here):
    def drift(api, made):
        api.client("ec2").detach_internet_gateway(InternetGatewayId=made.id, VpcId=here.vpc_id)

    inputs = {"vpcId": here.vpc_id, "tags": {"a": "b"}}
    made = lifecycle(INTERNET_GATEWAY, inputs, {"tags": {"c": "d"}}, drift=drift)
    assert made.outputs["arn"].endswith(f":internet-gateway/{made.id}")


def test_an_elastic_ip_passes_the_lifecycle(lifecycle):
    made = lifecycle(ADDRESS, {"domain": "vpc", "tags": {"a": "b"}}, {"domain": "vpc", "tags": {"c": "d"}})
    assert made.outputs["allocationId"] == made.id
    assert made.outputs["publicIp"]


def test_a_nat_gateway_passes_the_lifecycle_and_deletes_its_interface(lifecycle, plugin, here):
    (subnet,) = here.subnets(1)
    address = plugin.create(ADDRESS, "a", {"domain": "vpc"})
    inputs = {"subnetId": subnet, "allocationId": address.id, "tags": {"a": "b"}}
    made = lifecycle(NAT_GATEWAY, inputs, {**inputs, "tags": {}})
    assert made.outputs["publicIp"] == address.outputs["publicIp"]
    assert made.outputs["networkInterfaceId"].startswith("eni-")
    wanted = [{"Name": "vpc-id", "Values": [here.vpc_id]}]
    assert plugin.api().client("ec2").describe_network_interfaces(Filters=wanted)["NetworkInterfaces"] == []
    plugin.delete(address)
    assert plugin.read(address) is None


def test_another_subnet_replaces_a_nat_gateway(lifecycle, here):
    first, second = here.subnets(2)
    inputs = {"subnetId": first, "connectivityType": "private"}
    lifecycle(NAT_GATEWAY, inputs, {**inputs, "subnetId": second}, expect_replace={"subnetId"})
