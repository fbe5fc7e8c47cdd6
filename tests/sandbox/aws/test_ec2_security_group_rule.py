"""Rules that are resources of their own, through the provider."""

import pytest

from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import SECURITY_GROUP, network

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


@pytest.fixture
def groups(plugin, unique):
    return network(plugin, unique).groups(3)


def https(group, **peer):
    return {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, **peer}


@pytest.mark.parametrize("token", [INGRESS, EGRESS])
def test_a_rule_passes_the_lifecycle(lifecycle, groups, token):
    def drift(api, made):
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "0.0.0.0/0"}
        changes = [{"SecurityGroupRuleId": made.id, "SecurityGroupRule": rule}]
        api.client("ec2").modify_security_group_rules(GroupId=groups[0], SecurityGroupRules=changes)

    inputs = https(groups[0], cidrIpv4="10.0.0.0/16", description="callers", tags={"a": "b"})
    changed = {**inputs, "cidrIpv4": "10.1.0.0/16", "toPort": 8443, "description": "others", "tags": {"c": "d"}}
    made = lifecycle(token, inputs, changed, drift=drift)
    assert made.outputs["securityGroupRuleId"] == made.id
    assert made.outputs["arn"].endswith(f":security-group-rule/{made.id}")


def test_a_rule_for_a_group_changes_its_peer_in_place(lifecycle, groups):
    inputs = https(groups[0], referencedSecurityGroupId=groups[1], description="one")
    lifecycle(INGRESS, inputs, {**inputs, "referencedSecurityGroupId": groups[2], "description": "two"})


def test_a_rule_for_a_prefix_list_changes_to_all_protocols_in_place(lifecycle, plugin, groups):
    lists = plugin.api().client("ec2").describe_prefix_lists()["PrefixLists"]
    s3 = next(item["PrefixListId"] for item in lists if item["PrefixListName"].endswith(".s3"))
    inputs = https(groups[0], prefixListId=s3, description="buckets")
    changed = {"securityGroupId": groups[0], "ipProtocol": "-1", "prefixListId": s3}
    lifecycle(EGRESS, inputs, changed)


def test_another_group_replaces_a_rule(lifecycle, groups):
    inputs = https(groups[0], cidrIpv4="10.0.0.0/16")
    lifecycle(INGRESS, inputs, {**inputs, "securityGroupId": groups[1]}, expect_replace={"securityGroupId"})


def test_a_separate_rule_is_no_drift_of_its_group(plugin, unique):
    here = network(plugin, unique)
    inputs = {"vpcId": here.vpc_id}
    group = plugin.create(SECURITY_GROUP, f"{unique}-g", inputs)
    plugin.create(INGRESS, f"{unique}-in", https(group.id, cidrIpv4="10.0.0.0/16"))
    plugin.create(EGRESS, f"{unique}-out", https(group.id, referencedSecurityGroupId=group.id))
    refreshed = plugin.read(group)
    assert refreshed.outputs["ingress"] == refreshed.outputs["egress"] == []
    assert not plugin.diff(refreshed, inputs).changes


def test_a_rule_revoked_outside_pulumi_reads_as_gone(plugin, groups):
    made = plugin.create(INGRESS, "r", https(groups[0], cidrIpv4="10.0.0.0/16"))
    plugin.api().client("ec2").revoke_security_group_ingress(GroupId=groups[0], SecurityGroupRuleIds=[made.id])
    assert plugin.read(made) is None


def test_a_rule_without_a_peer_is_refused(plugin, groups):
    with pytest.raises(ProviderError, match="exactly one of cidrIpv4"):
        plugin.create(INGRESS, "r", https(groups[0]))
