"""VPC endpoints of AWS services and their policies."""

from typing import Any

import pytest

from awsread.iam import Decision, Request, decide
from components.iam_policy import document
from components.naming import Keep
from components.network.endpoints import (
    INTERFACE_SERVICES,
    PrivateEndpoints,
    PrivateEndpointsArgs,
    interface_statements,
    s3_statements,
)
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Recording, record

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-node"
FOREIGN = "arn:aws:iam::999999999999:role/thief"
ENDPOINT_POLICY_MAX = 20_480

# Services that a private EKS node needs to join (AWS lists them for clusters without internet access), and the runtime.
NEEDED = {"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "sts", "logs", "kms", "sqs"}


def build(keep: Keep, **args: Any) -> Recording[PrivateEndpoints]:
    all_args = {
        "vpc_id": "vpc-1",
        "cidr": "10.0.0.0/16",
        "subnet_ids": ("subnet-a", "subnet-b"),
        "route_table_ids": ("rtb-a", "rtb-b"),
        **args,
    }
    return record(lambda: PrivateEndpoints("acme-endpoint", PrivateEndpointsArgs(keep=keep, **all_args)))


def test_an_endpoint_for_every_service_in_each_subnet(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    assert set(INTERFACE_SERVICES) >= NEEDED
    interfaces = [node for node in recording.of_type(ENDPOINT) if node.inputs["vpcEndpointType"] == "Interface"]
    assert {node.inputs["serviceName"] for node in interfaces} == {
        f"com.amazonaws.{REGION}.{service}" for service in INTERFACE_SERVICES
    }
    for node in interfaces:
        assert node.inputs["privateDnsEnabled"] is True
        assert node.inputs["subnetIds"] == ["subnet-a", "subnet-b"]
        assert node.inputs["securityGroupIds"] == ["acme-endpoint-id"]
    assert recording.value(recording.result.interface_endpoint_ids["ecr.api"]) == "acme-endpoint-ecr-api-id"


def test_the_s3_gateway_is_in_every_route_table(keep: Keep) -> None:
    recording = build(keep)
    gateway = recording.one(ENDPOINT, "acme-endpoint-s3")
    assert gateway.inputs["vpcEndpointType"] == "Gateway"
    assert gateway.inputs["routeTableIds"] == ["rtb-a", "rtb-b"]
    assert recording.value(recording.result.s3_endpoint_id) == gateway.id


def test_endpoints_accept_https_from_the_network_and_send_nothing(keep: Keep) -> None:
    recording = build(keep)
    rule = recording.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert (rule.inputs["cidrIpv4"], rule.inputs["fromPort"], rule.inputs["toPort"]) == ("10.0.0.0/16", 443, 443)
    assert recording.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule") == []
    assert not {"ingress", "egress"} & recording.one("aws:ec2/securityGroup:SecurityGroup").inputs.keys()


def test_every_endpoint_has_a_policy_within_the_size_limit(keep: Keep) -> None:
    endpoints = build(keep).of_type(ENDPOINT)
    assert len(endpoints) == len(INTERFACE_SERVICES) + 1
    assert all(0 < len(node.inputs["policy"]) < ENDPOINT_POLICY_MAX for node in endpoints)


@pytest.mark.parametrize("service", INTERFACE_SERVICES)
def test_an_endpoint_serves_the_keeps_account_on_both_sides(keep: Keep, service: str) -> None:
    policy = build(keep).one(ENDPOINT, f"acme-endpoint-{service.replace('.', '-')}").policy()
    action = f"{INTERFACE_SERVICES[service]}:PutSomething"
    other = next(prefix for prefix in INTERFACE_SERVICES.values() if prefix != INTERFACE_SERVICES[service])

    def decision(principal: str, resource_account: str | None, what: str = action) -> Decision:
        context = {"aws:ResourceAccount": resource_account} if resource_account else {}
        return decide(policy, Request(principal=principal, action=what, resource="arn:x", context=context))

    assert decision(ROLE, ACCOUNT) is Decision.ALLOW
    assert decision(ROLE, None) is Decision.ALLOW  # actions without a resource
    assert decision(ROLE, "999999999999") is Decision.NONE  # a bucket outside of the account, for stolen data
    assert decision(FOREIGN, ACCOUNT) is Decision.NONE  # stolen credentials of another account
    assert decision(ROLE, ACCOUNT, f"{other}:PutSomething") is Decision.NONE


def policy_of(*statements: Any) -> str:
    recording = record(lambda: document(*statements))
    return str(recording.value(recording.result))


def test_add_on_images_can_be_pulled_and_nothing_pushed(keep: Keep) -> None:
    policy = policy_of(*interface_statements(keep, "ecr", REGION, registry_account_ids=("444455556666",)))

    def decision(action: str, account: str, principal: str = ROLE) -> Decision:
        image = f"arn:aws:ecr:{REGION}:{account}:repository/eks/coredns"
        context = {"aws:ResourceAccount": account}
        return decide(policy, Request(principal=principal, action=action, resource=image, context=context))

    for account in ("602401143452", "444455556666"):
        assert decision("ecr:BatchGetImage", account) is Decision.ALLOW
        assert decision("ecr:PutImage", account) is Decision.NONE
    assert decision("ecr:BatchGetImage", "999999999999") is Decision.NONE
    assert decision("ecr:BatchGetImage", "602401143452", FOREIGN) is Decision.NONE


def test_some_regions_have_a_separate_image_registry(keep: Keep) -> None:
    assert "900612956339" in policy_of(*interface_statements(keep, "ecr", "eu-central-2"))


def test_public_parameters_can_be_read(keep: Keep) -> None:
    policy = policy_of(*interface_statements(keep, "ssm", REGION))
    parameter = f"arn:aws:ssm:{REGION}::parameter/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/recommended"
    context = {"aws:ResourceAccount": "aws"}
    read = Request(principal=ROLE, action="ssm:GetParameter", resource=parameter, context=context)
    write = Request(principal=ROLE, action="ssm:PutParameter", resource=parameter, context=context)
    assert decide(policy, read) is Decision.ALLOW
    assert decide(policy, write) is Decision.NONE


def test_s3_serves_the_accounts_buckets_and_image_layers_only(keep: Keep) -> None:
    policy = policy_of(*s3_statements(keep, REGION))

    def decision(action: str, bucket: str, *, owner: str = ACCOUNT, principal: str = ROLE) -> Decision:
        context = {"aws:ResourceAccount": owner}
        return decide(
            policy, Request(principal=principal, action=action, resource=f"arn:aws:s3:::{bucket}/key", context=context)
        )

    ours = f"codekeep-acme-models-{ACCOUNT}-{REGION}"
    assert decision("s3:GetObject", ours) is Decision.ALLOW
    assert decision("s3:PutObject", ours) is Decision.ALLOW
    assert decision("s3:PutObject", ours, owner="999999999999") is Decision.NONE  # a look-alike in another account
    assert decision("s3:PutObject", ours, principal=FOREIGN) is Decision.NONE
    assert decision("s3:PutObject", "thiefs-bucket") is Decision.NONE
    assert decision("s3:PutBucketPolicy", ours) is Decision.NONE
    layers = f"prod-{REGION}-starport-layer-bucket"
    assert decision("s3:GetObject", layers, owner="111122223333", principal="") is Decision.ALLOW
    assert decision("s3:PutObject", layers, owner="111122223333") is Decision.NONE


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"subnet_ids": ()}, "subnet_ids must not be empty"),
        ({"route_table_ids": ()}, "route_table_ids must not be empty"),
        ({"services": {"dynamodb": "dynamodb"}}, "services has no policy for dynamodb; known are autoscaling"),
    ],
)
def test_bad_args_are_named(keep: Keep, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **args)
