"""Git and registry links, and the private link and token slot that they consist of."""

from typing import Any

import pulumi
import pytest

from awsread.iam import Decision, Request, decide
from components.keys.key_ring import KeyRing
from components.keys.secret_slot import ADMINISTRATION_ACTIONS, SecretSlotArgs
from components.naming import DataClass, Keep
from components.network.git_link import GitLink, GitLinkArgs
from components.network.private_link import PrivateLink, PrivateLinkArgs
from components.network.registry_link import RegistryLink, RegistryLinkArgs
from tests.components.builders import RECOVERY_REGION, fake_keys, fake_network, key_arn
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Recording, record

SERVICE = f"com.amazonaws.vpce.{REGION}.vpce-svc-0123456789abcdef0"
READER = f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-ingest"
ENDPOINT, ZONE, RECORD = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:route53/zone:Zone", "aws:route53/record:Record"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def link_args(keep: Keep, **args: Any) -> PrivateLinkArgs:
    all_args: dict[str, Any] = {
        "label": "ghe",
        "host": "git.example.com",
        "service_name": SERVICE,
        "network": fake_network(),
        "client_security_group_ids": {"ingest": "sg-ingest"},
        "alarm_topic_arns": ("arn:topic",),
        **args,
    }
    return PrivateLinkArgs(keep=keep, **all_args)


def link(keep: Keep, **args: Any) -> Recording[PrivateLink]:
    return record(lambda: PrivateLink("acme-git-ghe", link_args(keep, **args)))


def git(keep: Keep, *, preview: bool = False, recovery_region: str | None = None) -> Recording[GitLink]:
    def program() -> GitLink:
        args = GitLinkArgs(
            link=link_args(keep),
            kind="github-enterprise",
            keys=fake_keys(replicas=recovery_region is not None),
            reader_arns=(READER,),
            recovery_region=recovery_region,
        )
        return GitLink("acme-git-ghe", args)

    return record(program, preview=preview)


def test_an_interface_endpoint_to_the_customers_service(keep: Keep) -> None:
    recording = link(keep)
    assert_contract(recording, keep)
    endpoint = recording.one(ENDPOINT).inputs
    assert endpoint["serviceName"] == SERVICE
    assert endpoint["vpcEndpointType"] == "Interface"
    assert endpoint["subnetIds"] == [f"subnet-endpoint-{REGION}{zone}" for zone in "abc"]
    assert endpoint["securityGroupIds"] == ["acme-git-ghe-id"]
    assert "serviceRegion" not in endpoint


def test_the_host_resolves_to_the_endpoint_inside_the_network_and_no_other_name_does(keep: Keep) -> None:
    recording = link(keep)
    zone, entry = recording.one(ZONE), recording.one(RECORD)
    assert zone.inputs["name"] == entry.inputs["name"] == "git.example.com"
    assert zone.inputs["vpcs"] == [{"vpcId": "vpc-1", "vpcRegion": REGION}]  # a private zone of this network only
    assert entry.inputs["zoneId"] == zone.outputs["zoneId"]
    (alias,) = entry.inputs["aliases"]
    assert alias["name"] == recording.one(ENDPOINT).outputs["dnsEntries"][0]["dnsName"]


def test_a_service_with_a_private_dns_name_needs_no_zone(keep: Keep) -> None:
    recording = link(keep, service_has_private_dns=True)
    assert recording.one(ENDPOINT).inputs["privateDnsEnabled"] is True
    assert recording.of_type(ZONE) == recording.of_type(RECORD) == []


def test_rules_name_clients_and_ports_in_both_directions(keep: Keep) -> None:
    recording = link(keep, ports=(443, 22), client_security_group_ids={"ingest": "sg-i", "review": "sg-r"})
    group = recording.one("aws:ec2/securityGroup:SecurityGroup")
    admitted = {
        (node.inputs["referencedSecurityGroupId"], node.inputs["fromPort"]) for node in recording.of_type(INGRESS)
    }
    let_out = {(node.inputs["securityGroupId"], node.inputs["fromPort"]) for node in recording.of_type(EGRESS)}
    assert admitted == let_out == {("sg-i", 443), ("sg-i", 22), ("sg-r", 443), ("sg-r", 22)}
    assert {node.inputs["securityGroupId"] for node in recording.of_type(INGRESS)} == {group.id}
    assert {node.inputs["referencedSecurityGroupId"] for node in recording.of_type(EGRESS)} == {group.id}
    rules = [*recording.of_type(INGRESS), *recording.of_type(EGRESS)]
    assert all(node.inputs["fromPort"] == node.inputs["toPort"] for node in rules)
    assert not any("cidrIpv4" in node.inputs for node in rules)


def test_a_lost_link_raises_an_alarm(keep: Keep) -> None:
    recording = link(keep)
    alarms = recording.of_type(ALARM)
    assert {alarm.inputs["metricName"] for alarm in alarms} == {"RstPacketsReceived", "PacketsDropped"}
    for alarm in alarms:
        assert alarm.inputs["namespace"] == "AWS/PrivateLinkEndpoints"
        assert alarm.inputs["dimensions"] == {
            "Endpoint Type": "Interface",
            "Service Name": SERVICE,
            "VPC Endpoint Id": recording.one(ENDPOINT).id,
            "VPC Id": "vpc-1",
        }
        assert alarm.inputs["alarmActions"] == alarm.inputs["okActions"] == ["arn:topic"]
        assert alarm.inputs["name"].startswith("codekeep-acme-link-ghe-")  # the log key admits alarms by this prefix


def test_a_service_in_another_allowed_region_is_reached(keep: Keep) -> None:
    abroad = SERVICE.replace(REGION, RECOVERY_REGION)
    recording = link(keep, service_name=abroad, allowed_regions=(RECOVERY_REGION,))
    assert recording.one(ENDPOINT).inputs["serviceRegion"] == RECOVERY_REGION
    with pytest.raises(ValueError, match="code must not cross into a region the customer did not allow"):
        link(keep, service_name=abroad)


def test_a_git_link_has_a_secret_without_a_value_for_its_token(keep: Keep) -> None:
    recording = git(keep)
    assert_contract(recording, keep)
    secret = recording.one("aws:secretsmanager/secret:Secret")
    assert secret.inputs["kmsKeyId"] == key_arn(DataClass.SECRET)
    assert secret.tags["codekeep:data-class"] == "secret"
    assert "name" not in secret.inputs  # a deleted secret keeps its name for weeks
    assert recording.of_type("aws:secretsmanager/secretVersion:SecretVersion") == []
    assert "GitHub App" in secret.inputs["description"]
    assert recording.value(recording.result.token_secret_arn) == secret.outputs["arn"]
    assert recording.result.url == "https://git.example.com"
    assert {node.urn for node in git(keep, preview=True).nodes} == {node.urn for node in recording.nodes}


def test_only_the_reader_reads_the_token_and_only_by_the_keeps_endpoint(keep: Keep) -> None:
    recording = git(keep)
    policy = recording.one("aws:secretsmanager/secretPolicy:SecretPolicy")
    assert policy.inputs["blockPublicPolicy"] is True
    arn = recording.one("aws:secretsmanager/secret:Secret").outputs["arn"]

    def read(principal: str, action: str = "secretsmanager:GetSecretValue", **context: str) -> Decision:
        named = {key.replace("__", ":"): value for key, value in context.items()}
        return decide(policy.policy(), Request(principal=principal, action=action, resource=arn, context=named))

    inside = {"aws__SourceVpce": "vpce-secretsmanager"}
    assert read(READER, **inside) is Decision.NONE  # not denied: its IAM policy decides
    assert read(READER) is Decision.DENY
    assert read(READER, aws__SourceVpce="vpce-other") is Decision.DENY
    assert read(keep.deployer_role_arn, **inside) is Decision.DENY
    assert read(f"arn:aws:iam::{ACCOUNT}:role/other", **inside) is Decision.DENY
    assert read(keep.deployer_role_arn, "secretsmanager:PutSecretValue") is Decision.NONE


@pytest.mark.parametrize("action", ADMINISTRATION_ACTIONS)
def test_only_the_deployer_can_lift_the_policy_or_take_the_secret_away(action: str, keep: Keep) -> None:
    recording = git(keep)
    policy = recording.one("aws:secretsmanager/secretPolicy:SecretPolicy").policy()
    arn = recording.one("aws:secretsmanager/secret:Secret").outputs["arn"]

    def asked(principal: str) -> Decision:
        return decide(policy, Request(principal=principal, action=action, resource=arn))

    assert asked(keep.deployer_role_arn) is Decision.NONE
    for other in (READER, f"arn:aws:iam::{ACCOUNT}:role/other", f"arn:aws:iam::{ACCOUNT}:root"):
        assert asked(other) is Decision.DENY


def test_the_policy_guards_the_copy_in_the_other_region(keep: Keep) -> None:
    """Secrets Manager replicates the policy; a copy's ARN differs by the region alone."""
    recording = git(keep, recovery_region=RECOVERY_REGION)
    policy = recording.one("aws:secretsmanager/secretPolicy:SecretPolicy").policy()
    primary = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:token-a1b2c3"
    stranger = f"arn:aws:iam::{ACCOUNT}:role/other"
    for arn in (primary, primary.replace(REGION, RECOVERY_REGION)):
        for action in ("secretsmanager:GetSecretValue", *ADMINISTRATION_ACTIONS):
            assert decide(policy, Request(principal=stranger, action=action, resource=arn)) is Decision.DENY
        asked = Request(principal=keep.deployer_role_arn, action="secretsmanager:DeleteSecret", resource=arn)
        assert decide(policy, asked) is Decision.NONE


def test_a_premium_keeps_token_is_replicated_under_the_other_regions_key(keep: Keep) -> None:
    secret = git(keep, recovery_region=RECOVERY_REGION).one("aws:secretsmanager/secret:Secret")
    assert secret.inputs["replicas"] == [
        {"region": RECOVERY_REGION, "kmsKeyId": key_arn(DataClass.SECRET, RECOVERY_REGION)}
    ]
    assert git(keep).one("aws:secretsmanager/secret:Secret").inputs["replicas"] == []


def test_a_registry_link_has_the_same_parts(keep: Keep) -> None:
    def program() -> RegistryLink:
        args = RegistryLinkArgs(
            link=link_args(keep, label="nexus", host="packages.example.com", ports=(8443,)),
            kind="nexus",
            ecosystems=("pypi", "maven"),
            keys=fake_keys(),
            reader_arns=(READER,),
        )
        return RegistryLink("acme-registry-nexus", args)

    recording = record(program)
    assert_contract(recording, keep)
    secret = recording.one("aws:secretsmanager/secret:Secret")
    assert "pypi, maven" in secret.inputs["description"]
    assert recording.result.url == "https://packages.example.com:8443"
    assert recording.value(recording.result.endpoint_id) == recording.one(ENDPOINT).id
    assert recording.value(recording.result.token_secret_arn) == secret.outputs["arn"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"label": "GHE"}, "label must be 1-31 lower-case"),
        ({"host": "git"}, "host must be a DNS name"),
        ({"host": "*.example.com"}, "host must be a DNS name"),
        ({"service_name": "com.amazonaws.eu-central-1.s3"}, "service_name must be an endpoint service like"),
        ({"ports": ()}, "ports must be 1-4 different ones"),
        ({"ports": (443, 443)}, "ports must be 1-4 different ones"),
        ({"ports": (0,)}, r"ports must be 1-65535, got \[0\]"),
        ({"client_security_group_ids": {}}, "must name who may connect"),
    ],
)
def test_bad_link_args_are_named(keep: Keep, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        link(keep, **args)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"reader_arns": ()}, "reader_arns of secret 'ghe' must name who reads it"),
        ({"vpc_endpoint_ids": ()}, "must name the Secrets Manager endpoint"),
        ({"recovery_window_days": 3}, "recovery_window_days must be 7-30, got 3"),
    ],
)
def test_bad_slot_args_are_named(keep: Keep, args: dict[str, Any], message: str) -> None:
    all_args: dict[str, Any] = {
        "label": "ghe",
        "description": "d",
        "reader_arns": (READER,),
        "vpc_endpoint_ids": ("vpce-1",),
        **args,
    }
    with pytest.raises(ValueError, match=message):
        SecretSlotArgs(keep=keep, keys=KeyRing(arns={}), **all_args)


def test_links_can_share_a_network(keep: Keep) -> None:
    def program() -> None:
        clients: dict[str, pulumi.Input[str]] = {"ingest": "sg-ingest"}
        for label in ("ghe", "gitlab"):
            args = link_args(keep, label=label, host=f"{label}.example.com", client_security_group_ids=clients)
            PrivateLink(f"acme-git-{label}", args)

    assert len(record(program).of_type(ENDPOINT)) == 2
