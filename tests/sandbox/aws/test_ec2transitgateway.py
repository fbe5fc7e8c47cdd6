"""Attachments to transit gateways, and routes to them, through the provider."""

import pytest

from sandbox.aws.registry import is_recorded
from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import ROUTE_TABLE, network

ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"


ROUTE = "aws:ec2/route:Route"
INPUTS = {
    "transitGatewayId": "tgw-0123456789abcdef0",
    "vpcId": "vpc-0123456789abcdef0",
    "subnetIds": ["subnet-0123456789abcdef0"],
    "tags": {"a": "b"},
}


def test_an_attachment_is_recorded_and_passes_the_lifecycle(lifecycle):
    assert is_recorded(ATTACHMENT)
    made = lifecycle(ATTACHMENT, INPUTS, {**INPUTS, "tags": {}})
    assert made.outputs["arn"].endswith(f":transit-gateway-attachment/{made.id}")


def test_another_gateway_replaces_an_attachment(lifecycle):
    lifecycle(ATTACHMENT, INPUTS, {**INPUTS, "transitGatewayId": "tgw-1"}, expect_replace={"transitGatewayId"})


def test_a_route_to_another_accounts_gateway_needs_an_attachment_and_reads_back(lifecycle, plugin, unique):
    vpc_id = network(plugin, unique).vpc_id
    table = plugin.create(ROUTE_TABLE, unique, {"vpcId": vpc_id})
    one, other = f"tgw-{unique}1", f"tgw-{unique}2"
    inputs = {"routeTableId": table.id, "destinationCidrBlock": "10.200.16.0/24", "transitGatewayId": one}
    with pytest.raises(ProviderError, match=f"InvalidTransitGatewayID.NotFound: The transitGateway ID '{one}' does"):
        plugin.create(ROUTE, unique, inputs)
    for gateway in (one, other):
        plugin.create(ATTACHMENT, gateway, {**INPUTS, "transitGatewayId": gateway, "vpcId": vpc_id})
    lifecycle(ROUTE, inputs, {**inputs, "transitGatewayId": other})
