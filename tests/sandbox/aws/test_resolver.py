"""DNS firewall and query logging of the Resolver, all recorded, through the provider."""

import pytest

from sandbox.aws.registry import is_recorded
from tests.sandbox.aws.harness import ProviderError

DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
GROUP = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"
RULE = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
ATTACHMENT = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
CONFIG = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig"
LOG = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
LOG_OF_VPC = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
ATTACHED = {"firewallRuleGroupId": "rslvr-frg-1", "vpcId": "vpc-1", "priority": 101}
LIVES = {
    DOMAINS: ({"domains": ["a.example.com"]}, {"domains": ["*.example.com"]}, False),
    GROUP: ({"tags": {"a": "b"}}, {"name": "other"}, {"name"}),
    RULE: (
        {
            "firewallRuleGroupId": "rslvr-frg-1",
            "firewallDomainListId": "rslvr-fdl-1",
            "priority": 100,
            "action": "ALLOW",
        },
        {
            "firewallRuleGroupId": "rslvr-frg-1",
            "firewallDomainListId": "rslvr-fdl-1",
            "priority": 200,
            "action": "BLOCK",
            "blockResponse": "NXDOMAIN",
        },
        False,
    ),
    ATTACHMENT: (ATTACHED, {**ATTACHED, "priority": 102}, False),
    CONFIG: (
        {"resourceId": "vpc-1", "firewallFailOpen": "DISABLED"},
        {"resourceId": "vpc-1", "firewallFailOpen": "ENABLED"},
        False,
    ),
    LOG: ({"destinationArn": "arn:aws:s3:::a"}, {"destinationArn": "arn:aws:s3:::b"}, {"destinationArn"}),
    LOG_OF_VPC: (
        {"resolverQueryLogConfigId": "rqlc-1", "resourceId": "vpc-1"},
        {"resolverQueryLogConfigId": "rqlc-1", "resourceId": "vpc-2"},
        {"resourceId"},
    ),
}


@pytest.mark.parametrize("token", LIVES)
def test_every_type_passes_the_lifecycle(lifecycle, token):
    inputs, changed, replace = LIVES[token]
    assert is_recorded(token)
    lifecycle(token, inputs, changed, expect_replace=replace)


def test_a_rules_id_consists_of_group_and_list(plugin, unique):
    inputs, _, _ = LIVES[RULE]
    made = plugin.create(RULE, unique, {**inputs, "firewallRuleGroupId": f"rslvr-frg-{unique}"})
    assert made.id == f"rslvr-frg-{unique}:rslvr-fdl-1"


@pytest.mark.parametrize(("name", "value"), [("action", "MAYBE"), ("blockResponse", "SILENCE")])
def test_a_value_outside_awss_model_is_refused(plugin, unique, name, value):
    inputs, _, _ = LIVES[RULE]
    with pytest.raises(ProviderError, match=value):
        plugin.create(RULE, unique, {**inputs, "firewallRuleGroupId": f"rslvr-frg-{unique}", name: value})


def test_a_protected_association_is_not_deleted(plugin, unique):
    made = plugin.create(ATTACHMENT, unique, {**ATTACHED, "mutationProtection": "ENABLED"})
    with pytest.raises(ProviderError, match="mutationProtection"):
        plugin.delete(made)
    plugin.delete(plugin.update(made, {**ATTACHED, "mutationProtection": "DISABLED"}))
    assert plugin.read(made) is None
