"""Security groups, inline rules and the default group through the provider."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awsread.services.ec2_security_group import Permission, permissions, spelled_like
from tests.sandbox.aws.harness import ProviderError
from tests.sandbox.aws.network import SECURITY_GROUP, network

DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443}


@pytest.fixture
def here(plugin, unique):
    return network(plugin, unique)


def open_to_the_world(api, made):
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    api.client("ec2").authorize_security_group_ingress(GroupId=made.id, IpPermissions=[permission])


def test_a_group_with_inline_rules_passes_the_lifecycle(lifecycle, here):
    (other,) = here.groups(1)
    inputs = {
        "vpcId": here.vpc_id,
        "description": "of a test",
        "ingress": [
            {**HTTPS, "cidrBlocks": ["10.0.0.0/16", "10.1.0.0/16"], "self": True, "description": "callers"},
            {"protocol": "-1", "fromPort": 0, "toPort": 0, "securityGroups": [other]},
        ],
        "egress": [{**HTTPS, "cidrBlocks": ["10.0.0.0/16"]}],
        "tags": {"a": "b"},
    }
    changed = {
        **inputs,
        "ingress": [{**HTTPS, "cidrBlocks": ["10.1.0.0/16"], "description": "callers"}],
        "egress": [],
        "tags": {},
    }
    made = lifecycle(SECURITY_GROUP, inputs, changed, drift=open_to_the_world, unreadable={"ingress"})
    assert made.outputs["arn"].endswith(f":security-group/{made.id}")
    assert made.outputs["ownerId"] == "123456789012"


def test_a_new_group_allows_no_egress(plugin, here):
    (group,) = here.groups(1)
    rules = plugin.api().client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert rules["IpPermissionsEgress"] == []


def test_a_rule_added_to_a_group_with_an_empty_list_is_drift_and_is_removed(lifecycle, here):
    lifecycle(SECURITY_GROUP, {"vpcId": here.vpc_id, "ingress": []}, drift=open_to_the_world)


def test_a_rule_added_to_a_group_without_a_list_shows_in_its_outputs_only(plugin, here, unique):
    made = plugin.create(SECURITY_GROUP, unique, {"vpcId": here.vpc_id})
    open_to_the_world(plugin.api(), made)
    (rule,) = plugin.read(made).outputs["ingress"]
    assert rule == {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}


def test_egress_added_outside_pulumi_is_drift_and_is_removed(lifecycle, here):
    def drift(api, made):
        permission = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        api.client("ec2").authorize_security_group_egress(GroupId=made.id, IpPermissions=[permission])

    lifecycle(SECURITY_GROUP, {"vpcId": here.vpc_id, "egress": []}, drift=drift)


@pytest.mark.parametrize("name", ["name", "description"])
def test_another_name_or_description_replaces_a_group(lifecycle, here, unique, name):
    inputs = {"vpcId": here.vpc_id, "name": f"{unique}-a", "description": "one"}
    lifecycle(SECURITY_GROUP, inputs, {**inputs, name: "two"}, expect_replace={name})


def test_an_invalid_rule_leaves_no_group(plugin, here, unique):
    inputs = {"vpcId": here.vpc_id, "name": f"{unique}-faulty", "ingress": [{**HTTPS, "cidrBlocks": ["10.0.0.0/99"]}]}
    with pytest.raises(ProviderError, match="CIDR"):
        plugin.create(SECURITY_GROUP, unique, inputs)
    wanted = [{"Name": "group-name", "Values": [f"{unique}-faulty"]}]
    assert plugin.api().client("ec2").describe_security_groups(Filters=wanted)["SecurityGroups"] == []


def test_the_default_group_is_adopted_emptied_and_not_deleted(lifecycle, plugin, here):
    group_id = here.vpc.outputs["defaultSecurityGroupId"]
    made = lifecycle(
        DEFAULT_GROUP,
        {"vpcId": here.vpc_id, "ingress": [], "tags": {"a": "b"}},
        {"vpcId": here.vpc_id, "ingress": [{**HTTPS, "self": True}]},
        drift=open_to_the_world,
        gone_after_delete=False,
    )
    assert made.id == group_id
    assert made.outputs["ingress"] == made.outputs["egress"] == []
    assert made.outputs["name"] == "default"


CIDRS = st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "172.16.0.0/12", "0.0.0.0/0"])
RULES = st.lists(
    st.fixed_dictionaries(
        {
            "protocol": st.sampled_from(["tcp", "udp", "-1"]),
            "fromPort": st.just(443),
            "toPort": st.sampled_from([443, 8443]),
            "cidrBlocks": st.lists(CIDRS, min_size=1, max_size=3, unique=True),
        },
        optional={"self": st.booleans(), "description": st.sampled_from(["a", "b"])},
    ),
    max_size=4,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(known=RULES, live=RULES)
def test_spelling_like_the_state_never_changes_the_permissions(known, live):
    wanted = set(permissions(live, "sg-1"))
    spelled = spelled_like(known, wanted, "sg-1")
    assert set(permissions(spelled, "sg-1")) == wanted


@settings(max_examples=100)
@given(known=RULES)
def test_unchanged_rules_keep_the_programs_spelling(known):
    distinct: list = []
    taken: set[Permission] = set()
    for rule in known:
        parts = set(permissions([rule], "sg-1"))
        if not parts & taken:
            distinct.append(rule)
            taken |= parts
    assert spelled_like(distinct, taken, "sg-1") == distinct
