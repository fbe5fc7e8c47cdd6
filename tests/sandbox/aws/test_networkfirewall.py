"""Network Firewall, recorded with live endpoints, through the provider."""

import pytest

from sandbox.aws.registry import is_recorded
from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import network

RULE_GROUP = "aws:networkfirewall/ruleGroup:RuleGroup"
POLICY = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
FIREWALL = "aws:networkfirewall/firewall:Firewall"
LOGGING = "aws:networkfirewall/loggingConfiguration:LoggingConfiguration"
ROUTE = "aws:ec2/route:Route"
POLICY_ARN = "arn:aws:network-firewall:eu-central-1:123456789012:firewall-policy/p"


@pytest.fixture
def here(plugin, unique):
    return network(plugin, unique)


def rules(*targets):
    source = {"generatedRulesType": "ALLOWLIST", "targetTypes": ["TLS_SNI", "HTTP_HOST"], "targets": list(targets)}
    home = {"key": "HOME_NET", "ipSet": {"definitions": ["10.0.0.0/16"]}}
    return {
        "rulesSource": {"rulesSourceList": source},
        "ruleVariables": {"ipSets": [home]},
        "statefulRuleOptions": {"ruleOrder": "STRICT_ORDER"},
    }


def firewall(here, subnets, **more):
    return {
        "vpcId": here.vpc_id,
        "firewallPolicyArn": POLICY_ARN,
        "subnetMappings": [{"subnetId": subnet} for subnet in subnets],
        **more,
    }


def endpoints(made):
    (status,) = made.outputs["firewallStatuses"]
    return {state["availabilityZone"]: state["attachments"][0]["endpointId"] for state in status["syncStates"]}


def test_a_rule_group_passes_the_lifecycle(lifecycle):
    assert is_recorded(RULE_GROUP)
    inputs = {"type": "STATEFUL", "capacity": 100, "ruleGroup": rules(".github.com"), "tags": {"a": "b"}}
    changed = {**inputs, "ruleGroup": rules(".github.com", ".pypi.org"), "tags": {}}
    made = lifecycle(RULE_GROUP, inputs, changed)
    assert made.id == made.outputs["arn"]
    assert ":stateful-rulegroup/" in made.id
    lifecycle(RULE_GROUP, inputs, {**inputs, "capacity": 200}, expect_replace={"capacity"})


def test_a_policy_passes_the_lifecycle(lifecycle):
    def policy(**more):
        return {
            "statelessDefaultActions": ["aws:forward_to_sfe"],
            "statelessFragmentDefaultActions": ["aws:forward_to_sfe"],
            "statefulEngineOptions": {"ruleOrder": "STRICT_ORDER", "streamExceptionPolicy": "DROP"},
            **more,
        }

    inputs = {"firewallPolicy": policy(), "tags": {"a": "b"}}
    changed = {**inputs, "firewallPolicy": policy(statefulDefaultActions=["aws:drop_established"])}
    made = lifecycle(POLICY, inputs, changed)
    assert made.outputs["updateToken"]


def test_a_firewall_passes_the_lifecycle_and_its_endpoints_follow_the_subnets(lifecycle, plugin, here, unique):
    subnets = here.subnets(3)
    lifecycle(FIREWALL, firewall(here, subnets[:2]), firewall(here, subnets[1:], description="moved"))

    made = plugin.create(FIREWALL, unique, firewall(here, subnets[:2]))
    before = endpoints(made)
    assert sorted(before) == ["eu-central-1a", "eu-central-1b"]
    after = endpoints(plugin.update(made, firewall(here, subnets[1:])))
    assert after.keys() == {"eu-central-1b", "eu-central-1c"}
    assert after["eu-central-1b"] == before["eu-central-1b"], "an endpoint whose subnet stays, stays"


def test_a_route_can_point_at_a_firewall_endpoint(lifecycle, plugin, here, unique):
    made = plugin.create(FIREWALL, unique, firewall(here, here.subnets(2)))
    first, second = endpoints(made).values()
    inputs = {"routeTableId": here.table().id, "destinationCidrBlock": "0.0.0.0/0", "vpcEndpointId": first}
    lifecycle(ROUTE, inputs, {**inputs, "vpcEndpointId": second})


def test_a_deleted_firewall_leaves_no_endpoint(plugin, here, unique):
    made = plugin.create(FIREWALL, unique, firewall(here, here.subnets(2)))
    ids = list(endpoints(made).values())
    plugin.delete(made)
    found = plugin.api().client("ec2").describe_vpc_endpoints(VpcEndpointIds=ids)["VpcEndpoints"]
    assert {endpoint["State"] for endpoint in found} == {"deleted"}


def test_a_protected_firewall_is_not_deleted(plugin, here, unique):
    inputs = firewall(here, here.subnets(1))
    made = plugin.create(FIREWALL, unique, {**inputs, "deleteProtection": True})
    with pytest.raises(ProviderError, match="deleteProtection"):
        plugin.delete(made)
    plugin.delete(plugin.update(made, inputs))
    assert plugin.read(made) is None


def test_protected_subnets_change_only_without_the_protection(plugin, here, unique):
    first, second = here.subnets(2)
    made = plugin.create(FIREWALL, unique, firewall(here, [first], subnetChangeProtection=True))
    with pytest.raises(ProviderError, match="subnetChangeProtection"):
        plugin.update(made, firewall(here, [second], subnetChangeProtection=True))
    assert endpoints(plugin.update(made, firewall(here, [second]))).keys() == {"eu-central-1b"}


def test_a_firewall_that_cannot_be_created_leaves_nothing(plugin, here, unique):
    inputs = firewall(here, ["subnet-0"], name=unique)
    with pytest.raises(ProviderError):
        plugin.create(FIREWALL, unique, inputs)
    plugin.create(FIREWALL, unique, {**inputs, "subnetMappings": []})


def test_logging_passes_the_lifecycle(lifecycle):
    def destinations(kind):
        destination = {"logDestination": {"logGroup": "g"}, "logDestinationType": "CloudWatchLogs", "logType": kind}
        return {"logDestinationConfigs": [destination]}

    inputs = {"firewallArn": "arn:aws:network-firewall:eu-central-1:123456789012:firewall/f"}
    alerts, flows = ({**inputs, "loggingConfiguration": destinations(kind)} for kind in ("ALERT", "FLOW"))
    assert lifecycle(LOGGING, alerts, flows).id == inputs["firewallArn"]


def test_a_value_outside_awss_model_is_refused(plugin, unique):
    with pytest.raises(ProviderError, match="STATEFULL"):
        plugin.create(RULE_GROUP, unique, {"type": "STATEFULL", "capacity": 100, "ruleGroup": rules("a.example.com")})
