"""Network ACLs through the provider."""

import pytest

from tests.sandbox.aws.ground import ground

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
    return ground(plugin, unique)


def open_up(api, held):
    entry = {"RuleNumber": 1, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    api.client("ec2").create_network_acl_entry(NetworkAclId=held.id, Egress=False, **entry)


def test_an_acl_lives(lifecycle, here):
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
    held = lifecycle(ACL, inputs, changed, drift=open_up, unreadable={"ingress"})
    assert held.outputs["arn"].endswith(f":network-acl/{held.id}")


def test_a_subnet_returns_to_the_default_acl_when_its_own_goes(plugin, here):
    (subnet,) = here.subnets(1)
    held = plugin.create(ACL, "acl", {"vpcId": here.vpc_id, "subnetIds": [subnet]})
    plugin.delete(held)
    default = here.vpc.outputs["defaultNetworkAclId"]
    acl = plugin.api().client("ec2").describe_network_acls(NetworkAclIds=[default])["NetworkAcls"][0]
    assert [association["SubnetId"] for association in acl["Associations"]] == [subnet]


def test_the_default_acl_is_adopted_stripped_and_kept(lifecycle, here):
    here.subnets(2)  # they belong to it without being its program's business
    inputs = {"defaultNetworkAclId": here.vpc.outputs["defaultNetworkAclId"], "tags": {"a": "b"}}
    held = lifecycle(DEFAULT_ACL, inputs, {**inputs, "ingress": [HTTPS]}, drift=open_up, gone_after_delete=False)
    assert held.outputs["ingress"] == held.outputs["egress"] == []
    assert held.outputs["vpcId"] == here.vpc_id
