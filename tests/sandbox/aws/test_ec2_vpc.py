"""VPCs and subnets through the provider."""

import pytest

from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import SUBNET, VPC, network


def test_a_vpc_passes_the_lifecycle(lifecycle):
    def drift(api, made):
        api.client("ec2").modify_vpc_attribute(VpcId=made.id, EnableDnsHostnames={"Value": False})

    made = lifecycle(
        VPC,
        {"cidrBlock": "10.7.0.0/16", "enableDnsHostnames": True, "tags": {"a": "b"}},
        {"cidrBlock": "10.7.0.0/16", "enableDnsHostnames": False, "enableDnsSupport": False, "tags": {"c": "d"}},
        drift=drift,
    )
    outputs = made.outputs
    assert outputs["arn"] == f"arn:aws:ec2:eu-central-1:123456789012:vpc/{made.id}"
    assert outputs["ownerId"] == "123456789012"
    assert outputs["mainRouteTableId"] == outputs["defaultRouteTableId"]
    assert outputs["mainRouteTableId"].startswith("rtb-")
    assert outputs["defaultSecurityGroupId"].startswith("sg-")
    assert outputs["defaultNetworkAclId"].startswith("acl-")


@pytest.mark.parametrize(("name", "value"), [("cidrBlock", "10.8.0.0/16"), ("instanceTenancy", "dedicated")], ids=str)
def test_another_range_or_tenancy_replaces_a_vpc(lifecycle, name, value):
    inputs = {"cidrBlock": "10.7.0.0/16"}
    lifecycle(VPC, inputs, {**inputs, name: value}, expect_replace={name})


def test_a_vpc_changes_from_dedicated_to_default_tenancy_in_place(lifecycle):
    inputs = {"cidrBlock": "10.7.0.0/16", "instanceTenancy": "dedicated"}
    lifecycle(VPC, inputs, {**inputs, "instanceTenancy": "default"})


def test_a_tag_removed_outside_pulumi_is_drift_and_is_restored(lifecycle):
    def drift(api, made):
        api.client("ec2").delete_tags(Resources=[made.id], Tags=[{"Key": "codekeep:tenant"}])

    lifecycle(VPC, {"cidrBlock": "10.7.0.0/16", "tags": {"codekeep:tenant": "acme"}}, drift=drift)


def test_a_subnet_passes_the_lifecycle(lifecycle, plugin, unique):
    def drift(api, made):
        api.client("ec2").modify_subnet_attribute(SubnetId=made.id, MapPublicIpOnLaunch={"Value": True})

    inputs = {
        "vpcId": network(plugin, unique).vpc_id,
        "cidrBlock": "10.0.4.0/22",
        "availabilityZone": "eu-central-1b",
        "privateDnsHostnameTypeOnLaunch": "resource-name",
        "enableResourceNameDnsARecordOnLaunch": True,
        "tags": {"a": "b"},
    }
    changed = {**inputs, "mapPublicIpOnLaunch": True, "enableDns64": True, "tags": {}}
    made = lifecycle(SUBNET, inputs, changed, drift=drift)
    assert made.outputs["mapPublicIpOnLaunch"] is False
    assert made.outputs["availabilityZoneId"].startswith("euc1-az")
    assert made.outputs["arn"].endswith(f":subnet/{made.id}")


@pytest.mark.parametrize(
    ("name", "value"), [("cidrBlock", "10.0.8.0/24"), ("availabilityZone", "eu-central-1c")], ids=str
)
def test_another_place_replaces_a_subnet(lifecycle, plugin, unique, name, value):
    inputs = {"vpcId": network(plugin, unique).vpc_id, "cidrBlock": "10.0.4.0/24", "availabilityZone": "eu-central-1b"}
    # A new range may stand beside the old one; the same range in another zone may not, as on AWS.
    old = plugin.create(SUBNET, unique, inputs)
    assert plugin.diff(old, {**inputs, name: value}).replaces == [name]


def test_a_resource_is_created_in_its_region(lifecycle, plugin):
    made = lifecycle(VPC, {"cidrBlock": "10.7.0.0/16", "region": "eu-west-1"}, importable=False)
    assert made.outputs["region"] == "eu-west-1"
    assert ":eu-west-1:" in made.outputs["arn"]


def test_a_vpc_with_subnets_is_not_deleted(plugin, unique, monkeypatch):
    monkeypatch.setattr("sandbox.aws.provider.RETRY_DELAYS_SECONDS", ())
    here = network(plugin, unique)
    here.subnets(1)
    with pytest.raises(ProviderError, match="DependencyViolation"):
        plugin.delete(here.vpc)
