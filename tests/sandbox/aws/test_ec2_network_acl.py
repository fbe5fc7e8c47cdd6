"""Network ACLs through the provider."""

import pytest

from tests.sandbox.aws.network import network

ACL = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
HTTPS = {
    "ruleNo": 100,
    "action": "allow",
    "protocol": "tcp",
    "fromPort": 443,
    "toPort": 443,
    "cidrBlock": "10.0.0.0/16",
}
NOTHING = {"ruleNo": 200, "action": "deny", "protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlock": "0.0.0.0/0"}


@pytest.fixture
def here(plugin, unique):
    return network(plugin, unique)


def open_up(api, made):
    entry = {"RuleNumber": 1, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    api.client("ec2").create_network_acl_entry(NetworkAclId=made.id, Egress=False, **entry)


def test_an_acl_passes_the_lifecycle(lifecycle, here):
    subnets = here.subnets(2)
    inputs = {
        "vpcId": here.vpc_id,
        "ingress": [HTTPS, NOTHING],
        "egress": [NOTHING],
        "subnetIds": subnets[:1],
        "tags": {"a": "b"},
    }
    changed = {**inputs, "ingress": [HTTPS], "subnetIds": subnets[1:], "tags": {}}
    # An import spells a protocol by its number, as AWS does.
    made = lifecycle(ACL, inputs, changed, drift=open_up, unreadable={"ingress"})
    assert made.outputs["arn"].endswith(f":network-acl/{made.id}")


def test_deleting_an_acl_returns_its_subnets_to_the_default_acl(plugin, here):
    (subnet,) = here.subnets(1)
    made = plugin.create(ACL, "acl", {"vpcId": here.vpc_id, "subnetIds": [subnet]})
    plugin.delete(made)
    default = here.vpc.outputs["defaultNetworkAclId"]
    acl = plugin.api().client("ec2").describe_network_acls(NetworkAclIds=[default])["NetworkAcls"][0]
    assert [association["SubnetId"] for association in acl["Associations"]] == [subnet]


def test_the_default_acl_is_adopted_emptied_and_not_deleted(lifecycle, here):
    here.subnets(2)  # they belong to it without being its program's business
    inputs = {"defaultNetworkAclId": here.vpc.outputs["defaultNetworkAclId"], "tags": {"a": "b"}}
    made = lifecycle(DEFAULT_ACL, inputs, {**inputs, "ingress": [HTTPS]}, drift=open_up, gone_after_delete=False)
    assert made.outputs["ingress"] == made.outputs["egress"] == []
    assert made.outputs["vpcId"] == here.vpc_id
