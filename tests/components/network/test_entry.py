"""The entry: load balancer, endpoint service, TLS and health checks."""

from typing import Any

import pytest
from codekeep_contracts.roles import BucketRole

from components.naming import Keep
from components.network.entry import Entry, EntryArgs
from components.storage.storage import Storage, StorageArgs
from tests.components.builders import RETENTION_DAYS, ZONES, fake_keys, fake_network
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Recording, record

BALANCER, TARGETS, LISTENER = (
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/targetGroup:TargetGroup",
    "aws:lb/listener:Listener",
)
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
CUSTOMER = "arn:aws:iam::210987654321:root"
DEVELOPERS = "arn:aws:iam::210987654321:role/developers"


def build(keep: Keep, *, preview: bool = False, **args: Any) -> Recording[Entry]:
    def program() -> Entry:
        storage = Storage(
            "acme-storage",
            StorageArgs(keep=keep, keys=fake_keys(), retention_days=RETENTION_DAYS, vpc_endpoint_ids=("vpce-s3",)),
        )
        all_args: dict[str, Any] = {
            "principal_arns": (CUSTOMER,),
            "notification_topic_arn": "arn:topic",
            "target_security_group_id": "sg-gateway",
            **args,
        }
        logs = storage.bucket(BucketRole.ACCESS_LOGS)
        return Entry("acme-entry", EntryArgs(keep=keep, network=fake_network(), access_logs=logs, **all_args))

    return record(program, preview=preview)


def test_the_load_balancer_is_internal_and_in_all_zones(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    balancer = recording.one(BALANCER).inputs
    assert balancer["internal"] is True
    assert balancer["loadBalancerType"] == "network"
    assert balancer["subnets"] == [f"subnet-endpoint-{zone}" for zone in ZONES]
    assert balancer["enableCrossZoneLoadBalancing"] is True
    assert balancer["enableDeletionProtection"] is False
    assert len(balancer["name"]) <= 32
    assert build(keep, protect=True).one(BALANCER).inputs["enableDeletionProtection"] is True
    assert {node.urn for node in build(keep, preview=True).nodes} == {node.urn for node in recording.nodes}


def test_access_logging_is_enabled_after_the_buckets_policy(keep: Keep) -> None:
    recording = build(keep)
    balancer = recording.one(BALANCER)
    assert balancer.inputs["accessLogs"] == {
        "bucket": f"codekeep-acme-access-logs-{ACCOUNT}-{REGION}",
        "prefix": "lb/entry",
        "enabled": True,
    }
    policy = recording.one("aws:s3/bucketPolicy:BucketPolicy", "acme-bucket-access-logs")
    assert recording.depends_on(balancer, policy)
    assert "/lb/*AWSLogs/" in policy.inputs["policy"]


def test_only_the_endpoint_service_reaches_the_load_balancer(keep: Keep) -> None:
    recording = build(keep)
    group = recording.one("aws:ec2/securityGroup:SecurityGroup")
    ingress = recording.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs
    egress = recording.one("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").inputs
    assert ingress["securityGroupId"] == "sg-gateway"  # none on the balancer's own group
    assert (egress["securityGroupId"], egress["referencedSecurityGroupId"]) == (group.id, "sg-gateway")
    assert ingress["fromPort"] == ingress["toPort"] == egress["fromPort"] == egress["toPort"] == 8443
    balancer = recording.one(BALANCER).inputs
    assert balancer["enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "off"
    assert balancer["securityGroups"] == [group.id]


def test_connections_of_named_principals_are_accepted_manually_and_reported(keep: Keep) -> None:
    recording = build(keep, principal_arns=(CUSTOMER, DEVELOPERS))
    service = recording.one(SERVICE)
    assert service.inputs["acceptanceRequired"] is True
    assert service.inputs["networkLoadBalancerArns"] == [recording.one(BALANCER).outputs["arn"]]
    principals = recording.of_type(PRINCIPAL)
    assert {node.inputs["principalArn"] for node in principals} == {CUSTOMER, DEVELOPERS}
    assert {node.inputs["vpcEndpointServiceId"] for node in principals} == {service.id}
    notification = recording.one("aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification")
    assert notification.inputs["connectionNotificationArn"] == "arn:topic"
    assert notification.inputs["connectionEvents"] == ["Accept", "Connect", "Delete", "Reject"]
    assert recording.value(recording.result.service_name) == service.outputs["serviceName"]


def test_removing_a_principal_does_not_change_the_others(keep: Keep) -> None:
    both = build(keep, principal_arns=(CUSTOMER, DEVELOPERS)).names(PRINCIPAL)
    one = build(keep, principal_arns=(DEVELOPERS,)).names(PRINCIPAL)
    assert len(both) == 2
    assert one < both


def test_without_a_certificate_tls_passes_through(keep: Keep) -> None:
    recording = build(keep)
    listener, targets = recording.one(LISTENER).inputs, recording.one(TARGETS).inputs
    assert (listener["protocol"], listener["port"], targets["protocol"]) == ("TCP", 443, "TCP")
    assert not {"certificateArn", "sslPolicy", "alpnPolicy"} & listener.keys()
    assert listener["defaultActions"] == [{"type": "forward", "targetGroupArn": recording.one(TARGETS).outputs["arn"]}]


def test_with_a_certificate_tls_is_terminated_and_opened_again(keep: Keep) -> None:
    recording = build(keep, certificate_arn="arn:cert")
    listener, targets = recording.one(LISTENER).inputs, recording.one(TARGETS).inputs
    assert (listener["protocol"], targets["protocol"]) == ("TLS", "TLS")
    assert listener["certificateArn"] == "arn:cert"
    assert listener["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"


def test_the_gateways_health_is_checked(keep: Keep) -> None:
    targets = build(keep, health_path="/ready").one(TARGETS).inputs
    assert targets["targetType"] == "ip"
    check = targets["healthCheck"]
    assert (check["protocol"], check["path"], check["port"], check["matcher"]) == (
        "HTTPS",
        "/ready",
        "traffic-port",
        "200",
    )
    assert check["timeout"] < check["interval"]
    assert targets["deregistrationDelay"] == 120


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"principal_arns": ()}, "principal_arns must name who may connect"),
        ({"principal_arns": ("*",)}, r"without wildcards, got \*"),
        ({"principal_arns": ("arn:aws:iam::210987654321:role/*",)}, "without wildcards"),
        ({"principal_arns": ("arn:aws:iam::*:root",)}, "without wildcards"),
        ({"principal_arns": (CUSTOMER, CUSTOMER)}, "principal_arns must differ"),
        ({"target_port": 0}, "target_port must be 1-65535, got 0"),
        ({"health_path": "healthz"}, "health_path must start with /"),
    ],
)
def test_bad_args_are_named(keep: Keep, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **args)
