"""Live checks: what boto3 reads replaces the state, what is gone or new is reported, what cannot be read never passes.

The account answers through botocore's own stubs here; tests/cli/test_check_live.py reads a deployed stack.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from awsread.answers import camel
from awsread.errors import is_gone
from awsread.reader import all_readers, reader_of
from policies.checker import Subject
from policies.facts import Facts
from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.live.account import Account, AccountError, Region
from policies.live.judge import judge_live
from policies.live.overlay import overlaid
from policies.live.strays import stray_resources
from policies.rule import Verdict
from policies.rules.encryption.key_rotation import RULE

KEY = "aws:kms/key:Key"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
FACTS = Facts(
    tenant="",  # no tag to search for
    tier="dedicated",
    account_id="111122223333",
    primary_region="eu-central-1",
    allowed_regions=frozenset({"eu-central-1"}),
)
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})


def key(**inputs: Any) -> Node:
    return Node(
        urn=f"urn:pulumi:demo::codekeep::{KEY}::data",
        type=KEY,
        name="data",
        id="1234",
        region="eu-central-1",
        inputs={"enableKeyRotation": True, "policy": POLICY, "deletionWindowInDays": 30, **inputs},
        property_dependencies={"policy": ("urn:other",)},
    )


def graph(*nodes: Node) -> ResourceGraph:
    return ResourceGraph(project="codekeep", stack="demo", nodes=nodes)


@contextmanager
def answering(service: str) -> Iterator[tuple[Account, Stubber]]:
    """An account one of whose clients gives the answers that are put into its stub."""
    account = Account(region="eu-central-1")
    client = boto3.client(service, region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    account._clients[service, "eu-central-1"] = client
    with Stubber(client) as stub:
        yield account, stub


def answer_key(stub: Stubber, *, rotates: bool, state: str = "Enabled") -> None:
    about = {"KeyId": "1234", "KeyState": state, "Enabled": True, "KeyUsage": "ENCRYPT_DECRYPT", "MultiRegion": False}
    stub.add_response("describe_key", {"KeyMetadata": about})
    if state == "Enabled":
        stub.add_response("get_key_policy", {"Policy": json.dumps(json.loads(POLICY), indent=1)})
        stub.add_response("list_resource_tags", {"Tags": [{"TagKey": "a", "TagValue": "b"}]})
        stub.add_response("get_key_rotation_status", {"KeyRotationEnabled": rotates})


def test_what_the_account_says_replaces_what_the_state_says() -> None:
    with answering("kms") as (account, stub):
        answer_key(stub, rotates=False)
        (live,) = overlaid(graph(key(unheard="of")), account).graph.nodes
    assert live.inputs["enableKeyRotation"] is False
    assert live.inputs["tags"] == {"a": "b"}
    assert live.inputs["policy"] == POLICY  # spelt otherwise, but the same
    assert live.inputs["deletionWindowInDays"] == 30  # nothing that could change
    assert live.inputs["unheard"] is UNKNOWN
    assert live.property_dependencies == {"policy": ("urn:other",)}


def test_a_changed_value_no_longer_depends_on_what_it_was_made_from() -> None:
    with answering("kms") as (account, stub):
        answer_key(stub, rotates=True)
        (live,) = overlaid(graph(key(policy="{}")), account).graph.nodes
    assert live.inputs["policy"] != "{}"
    assert live.property_dependencies == {}


def test_drift_is_a_violation_of_the_rule_it_breaks() -> None:
    with answering("kms") as (account, stub):
        answer_key(stub, rotates=False)
        found = judge_live(Subject(graph=graph(key()), facts=FACTS, root=Path()), account, [RULE])
    assert [(each.rule, each.verdict, each.property) for each in found.judgement.findings] == [
        ("key-rotation", Verdict.VIOLATION, "enableKeyRotation")
    ]


@pytest.mark.parametrize("gone", ["NotFoundException", "PendingDeletion"])
def test_what_is_gone_is_reported_and_is_no_node(gone: str) -> None:
    with answering("kms") as (account, stub):
        if gone == "PendingDeletion":
            answer_key(stub, rotates=True, state=gone)
        else:
            stub.add_client_error("describe_key", gone)
        found = judge_live(Subject(graph=graph(key()), facts=FACTS, root=Path()), account, [RULE])
    assert [(each.rule, each.verdict) for each in found.judgement.findings] == [("live-missing", Verdict.VIOLATION)]
    assert len(found.graph) == 0


@pytest.mark.parametrize("error", ["AccessDeniedException", "InternalFailure"])
def test_what_cannot_be_read_is_undecided_and_never_passes(error: str) -> None:
    with answering("kms") as (account, stub):
        stub.add_client_error("describe_key", error)
        found = judge_live(Subject(graph=graph(key()), facts=FACTS, root=Path()), account, [RULE])
    verdicts = {(each.rule, each.verdict) for each in found.judgement.findings}
    assert verdicts == {("key-rotation", Verdict.UNDECIDED), ("live-unread", Verdict.UNDECIDED)}


def test_a_type_that_nothing_reads_is_undecided() -> None:
    node = Node(urn="urn:pulumi:demo::codekeep::aws:none/none:None::x", type="aws:none/none:None", name="x", id="x")
    (unread,) = overlaid(graph(node), Account(region="eu-central-1")).unread
    assert unread.reason == "codekeep does not read aws:none/none:None from the account"


def test_a_rule_added_to_a_group_is_a_node_and_a_finding() -> None:
    node = Node(
        urn=f"urn:pulumi:demo::codekeep::{GROUP}::api",
        type=GROUP,
        name="api",
        id="sg-1",
        region="eu-central-1",
        inputs={"vpcId": "vpc-1"},
    )
    rule = {"SecurityGroupRuleId": "sgr-9", "GroupId": "sg-1", "IsEgress": False, "IpProtocol": "tcp"}
    with answering("ec2") as (account, stub):
        stub.add_response("describe_security_groups", {"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1"}]})
        ports = {"FromPort": 22, "ToPort": 22, "CidrIpv4": "0.0.0.0/0"}
        stub.add_response("describe_security_group_rules", {"SecurityGroupRules": [{**rule, **ports}]})
        found = judge_live(Subject(graph=graph(node), facts=FACTS, root=Path()), account, [])
    (stray,) = [each for each in found.judgement.findings if each.rule == "live-stray"]
    assert stray.urn.endswith("SecurityGroupIngressRule::api/sgr-9")
    added = found.graph.node(stray.urn)
    assert (added.inputs["cidrIpv4"], added.inputs["fromPort"]) == ("0.0.0.0/0", 22)


def test_tagged_resources_outside_the_state_are_strays() -> None:
    known = [
        ("arn:aws:s3:::kept", "kept"),
        ("arn:aws:ec2:eu-central-1:1:vpc/vpc-1", "vpc-1"),
        ("arn:aws:logs:eu-central-1:1:log-group:/keep/x", "/keep/x"),
        ("arn:aws:sqs:eu-central-1:1:jobs", "https://sqs.eu-central-1.amazonaws.com/1/jobs"),
        ("arn:aws:eks:eu-central-1:1:nodegroup/keep/serve/0ab", "keep:serve"),
        ("arn:aws:ec2:eu-central-1:1:instance/i-1", "none"),
    ]
    strays = ["arn:aws:s3:::other", "arn:aws:ec2:eu-central-1:1:vpc/vpc-2", "arn:aws:sqs:eu-central-1:1:other-jobs"]
    nodes = [
        Node(urn=f"urn:pulumi:demo::codekeep::aws:x/y:Y::{index}", type="aws:x/y:Y", name=str(index), id=id_)
        for index, (_, id_) in enumerate(known)
    ]
    tagged = [{"Key": "codekeep:tenant", "Value": "demo"}]
    listed = [{"ResourceARN": arn, "Tags": tagged} for arn in [*(arn for arn, _ in known), *strays]]
    with answering("resourcegroupstaggingapi") as (account, stub):
        stub.add_response("get_resources", {"ResourceTagMappingList": listed})
        found = list(stray_resources(graph(*nodes), "demo", frozenset({"eu-central-1"}), account))
    assert [stray.arn for stray in found] == strays


def test_another_accounts_credentials_are_refused() -> None:
    with answering("sts") as (account, stub):
        stub.add_response("get_caller_identity", {"Account": "999999999999"})
        with pytest.raises(AccountError, match="those of account 999999999999, the stack's account is 111122223333"):
            account.enter("111122223333", None)


def test_a_stand_in_is_not_asked_for_what_it_cannot_tell() -> None:
    account = Account(region="eu-central-1", emulates=lambda token: token != KEY)
    (unread,) = overlaid(graph(key()), account).unread
    assert "records aws:kms/key:Key and does not emulate it" in unread.reason


def read(service: str, token: str, node: dict[str, Any], answers: dict[str, dict[str, Any]]) -> Any:
    """What the reader of a type makes of botocore's answers, whose shapes the stub checks."""
    with answering(service) as (account, stub):
        for operation, answer in answers.items():
            stub.add_response(operation, answer)
        reader = reader_of(token)
        assert reader is not None
        assert reader.service == service
        region = Region(account=account, region="eu-central-1", state=graph())
        return reader.read(region, node["id"], node.get("inputs", {}))


def test_what_no_emulator_has_is_read_from_the_answers_aws_gives() -> None:
    assert read(
        "eks",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        {"id": "a-1", "inputs": {"clusterName": "keep"}},
        {
            "describe_pod_identity_association": {
                "association": {"clusterName": "keep", "namespace": "n", "serviceAccount": "s", "roleArn": "r" * 20}
            }
        },
    ) == {"clusterName": "keep", "namespace": "n", "serviceAccount": "s", "roleArn": "r" * 20, "tags": {}}
    assert read(
        "eks",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        {"id": "x", "inputs": {"clusterName": "keep", "principalArn": "p", "policyArn": "view"}},
        {
            "list_associated_access_policies": {
                "associatedAccessPolicies": [
                    {"policyArn": "view", "accessScope": {"type": "namespace", "namespaces": ["n"]}}
                ]
            }
        },
    )["accessScope"] == {"type": "namespace", "namespaces": ["n"]}
    assert read(
        "route53resolver",
        "aws:route53/resolverFirewallRule:ResolverFirewallRule",
        {"id": "rslvr-frg-1:rslvr-fdl-1"},
        {
            "list_firewall_rules": {
                "FirewallRules": [
                    {
                        "FirewallRuleGroupId": "rslvr-frg-1",
                        "FirewallDomainListId": "rslvr-fdl-1",
                        "Priority": 100,
                        "Action": "ALLOW",
                    }
                ]
            }
        },
    ) == {
        "firewallRuleGroupId": "rslvr-frg-1",
        "firewallDomainListId": "rslvr-fdl-1",
        "priority": 100,
        "action": "ALLOW",
    }


def test_names_are_spelt_as_pulumi_does() -> None:
    assert camel({"ID": "x", "ObjectOwnership": [{"DaysAfterInitiation": 1}]}) == {
        "id": "x",
        "objectOwnership": [{"daysAfterInitiation": 1}],
    }


def test_the_main_types_of_a_keep_have_readers() -> None:
    assert len(all_readers()) >= 75
    assert all(token.startswith("aws:") for token in all_readers())


@pytest.mark.parametrize(
    ("code", "gone"),
    [("NoSuchBucketPolicy", True), ("404", True), ("403", False), ("ValidationError", False), ("", False)],
)
def test_which_errors_say_that_a_resource_is_gone(code: str, gone: bool) -> None:
    error = Exception()
    error.response = {"Error": {"Code": code}}  # type: ignore[attr-defined]
    assert is_gone(error) is gone
