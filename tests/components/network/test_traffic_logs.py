"""Flow logs and DNS query logs."""

from typing import Any

from awsread.iam import Decision, Request, decide
from components.naming import Keep
from components.network.traffic_logs import FLOW_FIELDS, TrafficLogs, TrafficLogsArgs
from tests.components.builders import RECOVERY_REGION
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Recording, record

GROUP = "aws:cloudwatch/logGroup:LogGroup"
DELIVERY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"


def build(keep: Keep, **args: Any) -> Recording[TrafficLogs]:
    all_args = {"vpc_id": "vpc-1", "key_arn": "arn:audit", "retention_days": 400, **args}
    return record(lambda: TrafficLogs("acme-logs", TrafficLogsArgs(keep=keep, **all_args)))


def test_every_flow_is_recorded_under_the_audit_key(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    flow = recording.one("aws:ec2/flowLog:FlowLog")
    group = recording.one(GROUP, "acme-logs-flows")
    assert flow.inputs["trafficType"] == "ALL"
    assert flow.inputs["vpcId"] == "vpc-1"
    assert flow.inputs["logDestination"] == group.outputs["arn"]
    assert flow.inputs["maxAggregationInterval"] == 60
    assert group.inputs["name"] == "/codekeep/acme/flows"
    assert group.inputs["kmsKeyId"] == "arn:audit"
    assert group.inputs["retentionInDays"] == 400
    assert group.tags["codekeep:data-class"] == "audit"


def test_the_flow_log_format_is_in_awss_notation(keep: Keep) -> None:
    text = build(keep).one("aws:ec2/flowLog:FlowLog").inputs["logFormat"]
    assert text.startswith("${version} ${account-id} ")
    assert text.count("${") == len(FLOW_FIELDS) == len(set(FLOW_FIELDS))


def test_only_flow_logs_of_the_account_assume_the_role_which_writes_to_the_group_only(keep: Keep) -> None:
    recording = build(keep)
    role, permission = recording.one("aws:iam/role:Role"), recording.one("aws:iam/rolePolicy:RolePolicy")
    service, source = "vpc-flow-logs.amazonaws.com", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/fl-1"
    trust = role.policy("assumeRolePolicy")

    def assume(**context: str) -> Decision:
        named = {key.replace("__", ":"): value for key, value in context.items()}
        return decide(trust, Request(principal=service, action="sts:AssumeRole", context=named))

    assert assume(aws__SourceAccount=ACCOUNT, aws__SourceArn=source) is Decision.ALLOW
    assert assume(aws__SourceAccount="999999999999", aws__SourceArn=source) is Decision.NONE
    assert assume() is Decision.NONE
    write = next(each for each in permission.policy()["Statement"] if each["Sid"] == "WriteFlows")
    assert write["Resource"] == recording.one(GROUP, "acme-logs-flows").outputs["arn"] + ":*"
    assert recording.depends_on(recording.one("aws:ec2/flowLog:FlowLog"), permission)


def test_every_dns_query_is_recorded(keep: Keep) -> None:
    recording = build(keep)
    config = recording.one("aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig")
    association = recording.one("aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation")
    group, delivery = recording.one(GROUP, "acme-logs-dns"), recording.one(DELIVERY)
    assert config.inputs["destinationArn"] == group.outputs["arn"]
    assert association.inputs == {"resolverQueryLogConfigId": config.id, "resourceId": "vpc-1"}
    assert recording.depends_on(config, delivery)

    def deliver(account: str) -> Decision:
        context = {"aws:SourceAccount": account, "aws:SourceArn": f"arn:aws:logs:{REGION}:{account}:delivery"}
        stream = group.outputs["arn"] + ":log-stream:vpc-1"
        request = Request(
            principal="delivery.logs.amazonaws.com", action="logs:PutLogEvents", resource=stream, context=context
        )
        return decide(delivery.policy("policyDocument"), request)

    assert deliver(ACCOUNT) is Decision.ALLOW
    assert deliver("999999999999") is Decision.NONE


def test_names_in_a_second_region_do_not_collide(keep: Keep) -> None:
    here, there = build(keep), build(keep, region=RECOVERY_REGION)
    assert_contract(there, keep, regions=frozenset({RECOVERY_REGION, REGION}))
    role_here, role_there = here.one("aws:iam/role:Role"), there.one("aws:iam/role:Role")
    assert role_here.inputs["name"] != role_there.inputs["name"]  # roles are global
    groups = there.of_type(GROUP)
    assert len(groups) == 2
    assert all(group.region == RECOVERY_REGION for group in groups)
