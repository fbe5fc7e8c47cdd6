"""The OpenSearch domain: access, encryption, logs, nodes, snapshots."""

from typing import Any

import pytest
from codekeep_contracts.roles import BucketRole

from awsread.iam import Decision, Request, decide
from components.naming import DataClass, Keep
from components.storage.search_plan import SearchPlan
from components.storage.storage import Storage, StorageArgs
from components.storage.vector_index import VectorIndex, VectorIndexArgs, domain_arn, snapshot_role_arn
from tests.components.builders import RETENTION_DAYS, ZONES, fake_keys, fake_network, key_arn
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Node, Recording, listed, record

DOMAIN = "aws:opensearch/domain:Domain"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-"
SNAPSHOTS = f"arn:aws:s3:::codekeep-acme-snapshots-{ACCOUNT}-{REGION}"


def build(keep: Keep, *, preview: bool = False, **args: Any) -> Recording[VectorIndex]:
    def program() -> VectorIndex:
        keys, network = fake_keys(), fake_network()
        storage = Storage(
            "acme-storage",
            StorageArgs(keep=keep, keys=keys, retention_days=RETENTION_DAYS, vpc_endpoint_ids=("vpce-s3",)),
        )
        size = {"instance_type": "r7g.large.search", "instance_count": 3, "volume_gib": 200, "dedicated_masters": None}
        plan = SearchPlan(**{name: args.pop(name, usual) for name, usual in size.items()})  # type: ignore[arg-type]
        all_args: dict[str, Any] = {
            "admin_role_arn": ROLE + "index-admin",
            "writer_role_arns": (ROLE + "ingest",),
            "reader_role_arns": (ROLE + "gateway", ROLE + "review"),
            "client_security_group_ids": {"nodes": "sg-nodes"},
            **args,
        }
        return VectorIndex(
            "acme-index",
            VectorIndexArgs(
                keep=keep,
                plan=plan,
                network=network,
                keys=keys,
                retention_days=RETENTION_DAYS,
                snapshots=storage.bucket(BucketRole.SNAPSHOTS),
                **all_args,
            ),
        )

    return record(program, preview=preview)


def domain(keep: Keep, **args: Any) -> Node:
    return build(keep, **args).one(DOMAIN)


def test_the_domain_is_in_the_network_under_the_index_key(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    found = recording.one(DOMAIN)
    assert found.inputs["vpcOptions"] == {
        "subnetIds": [f"subnet-private-{zone}" for zone in ZONES],
        "securityGroupIds": ["acme-index-id"],
    }
    assert found.inputs["encryptAtRest"] == {"enabled": True, "kmsKeyId": key_arn(DataClass.INDEX)}
    assert found.inputs["nodeToNodeEncryption"] == {"enabled": True}
    assert found.inputs["advancedOptions"] == {"rest.action.multi.allow_explicit_index": "false"}
    assert found.inputs["domainEndpointOptions"] == {
        "enforceHttps": True,
        "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
    }
    assert found.tags["codekeep:data-class"] == "index"
    assert recording.value(recording.result.endpoint) == found.outputs["endpoint"]
    assert found.outputs["arn"] == domain_arn(keep)
    assert {node.urn for node in build(keep, preview=True).nodes} == {node.urn for node in recording.nodes}


def test_the_domain_has_no_passwords(keep: Keep) -> None:
    options = domain(keep).inputs["advancedSecurityOptions"]
    assert options == {
        "enabled": True,
        "anonymousAuthEnabled": False,
        "internalUserDatabaseEnabled": False,
        "masterUserOptions": {"masterUserArn": ROLE + "index-admin"},
    }


def test_only_named_roles_access_the_domain_and_readers_cannot_write(keep: Keep) -> None:
    policy = domain(keep).inputs["accessPolicies"]

    def decision(who: str, verb: str, name: str = "acme-index") -> Decision:
        resource = f"arn:aws:es:{REGION}:{ACCOUNT}:domain/{name}/chunks/_search"
        return decide(policy, Request(principal=who, action=f"es:ESHttp{verb}", resource=resource))

    for verb in ("Get", "Head", "Post", "Put", "Patch", "Delete"):
        assert decision(ROLE + "ingest", verb) is decision(ROLE + "index-admin", verb) is Decision.DELEGATED
        expected = Decision.DELEGATED if verb in {"Get", "Head", "Post"} else Decision.NONE
        assert decision(ROLE + "gateway", verb) is decision(ROLE + "review", verb) is expected
        assert decision(ROLE + "stranger", verb) is decision("", verb) is Decision.NONE
    assert decision(ROLE + "ingest", "Get", "other-index") is Decision.NONE


def test_logs_contain_no_queries_and_are_encrypted_with_the_keeps_keys(keep: Keep) -> None:
    recording = build(keep)
    options = {each["logType"]: each for each in recording.one(DOMAIN).inputs["logPublishingOptions"]}
    assert options.keys() == {"AUDIT_LOGS", "ES_APPLICATION_LOGS"}  # slow logs would hold code
    groups = {node.outputs["arn"]: node for node in recording.of_type("aws:cloudwatch/logGroup:LogGroup")}
    audit = groups[options["AUDIT_LOGS"]["cloudwatchLogGroupArn"]]
    application = groups[options["ES_APPLICATION_LOGS"]["cloudwatchLogGroupArn"]]
    assert (audit.inputs["kmsKeyId"], audit.inputs["retentionInDays"]) == (key_arn(DataClass.AUDIT), 400)
    assert (application.inputs["kmsKeyId"], application.inputs["retentionInDays"]) == (key_arn(DataClass.LOG), 90)


def test_opensearch_may_write_logs_before_the_domain_is_created(keep: Keep) -> None:
    recording = build(keep)
    leave = recording.one("aws:cloudwatch/logResourcePolicy:LogResourcePolicy")
    stream = recording.one("aws:cloudwatch/logGroup:LogGroup", "acme-logs-index-audit").outputs["arn"] + ":log-stream:1"

    def write(account: str, source: str) -> Decision:
        request = Request(
            principal="es.amazonaws.com",
            action="logs:PutLogEvents",
            resource=stream,
            context={"aws:SourceAccount": account, "aws:SourceArn": source},
        )
        return decide(leave.policy("policyDocument"), request)

    assert write(ACCOUNT, domain_arn(keep)) is Decision.ALLOW
    assert write("999999999999", domain_arn(keep)) is Decision.NONE
    assert write(ACCOUNT, domain_arn(keep).replace("acme", "other")) is Decision.NONE
    assert recording.depends_on(recording.one(DOMAIN), leave)


@pytest.mark.parametrize(("count", "zones"), [(1, 1), (2, 2), (3, 3), (4, 2), (6, 3), (9, 3)])
def test_nodes_are_spread_evenly(keep: Keep, count: int, zones: int) -> None:
    found = domain(keep, instance_count=count).inputs
    config = found["clusterConfig"]
    assert config["zoneAwarenessEnabled"] is (zones > 1)
    assert config.get("zoneAwarenessConfig") == ({"availabilityZoneCount": zones} if zones > 1 else None)
    assert len(found["vpcOptions"]["subnetIds"]) == zones  # OpenSearch refuses more subnets than zones


@pytest.mark.parametrize(
    ("requested", "count", "masters"), [(None, 3, False), (None, 6, True), (True, 3, True), (False, 6, False)]
)
def test_large_domains_have_dedicated_masters(keep: Keep, requested: bool | None, count: int, masters: bool) -> None:
    config = domain(keep, instance_count=count, dedicated_masters=requested).inputs["clusterConfig"]
    assert config["dedicatedMasterEnabled"] is masters
    assert config.get("dedicatedMasterCount") == (3 if masters else None)


def test_auto_tune_only_on_instances_that_support_it(keep: Keep) -> None:
    assert domain(keep).inputs["autoTuneOptions"] == {
        "desiredState": "ENABLED",
        "useOffPeakWindow": True,
        "rollbackOnDisable": "NO_ROLLBACK",
    }
    assert domain(keep, instance_type="t3.small.search").inputs["autoTuneOptions"] == {"desiredState": "DISABLED"}
    assert domain(keep).inputs["offPeakWindowOptions"] == {"enabled": True}
    assert domain(keep).inputs["softwareUpdateOptions"] == {"autoSoftwareUpdateEnabled": True}


def test_workloads_reach_the_domain_on_port_443_only(keep: Keep) -> None:
    recording = build(keep)
    rule = recording.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert rule.inputs["referencedSecurityGroupId"] == "sg-nodes"
    assert rule.inputs["fromPort"] == rule.inputs["toPort"] == 443
    assert (
        recording.one("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").inputs["securityGroupId"] == "sg-nodes"
    )


def test_snapshots_are_written_by_a_role_for_this_domain_alone(keep: Keep) -> None:
    recording = build(keep)
    role, permission = recording.one("aws:iam/role:Role"), recording.one("aws:iam/rolePolicy:RolePolicy")
    assert role.outputs["arn"] == snapshot_role_arn(keep) == recording.value(recording.result.snapshot_role_arn)

    def assume(source: str) -> Decision:
        context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source}
        request = Request(principal="es.amazonaws.com", action="sts:AssumeRole", context=context)
        return decide(role.policy("assumeRolePolicy"), request)

    assert assume(domain_arn(keep)) is Decision.ALLOW
    assert assume(domain_arn(keep).replace("acme", "other")) is Decision.NONE
    statements = permission.policy()["Statement"]
    resources = {resource for statement in statements for resource in listed(statement["Resource"])}
    assert resources == {SNAPSHOTS, f"{SNAPSHOTS}/*", key_arn(DataClass.INDEX)}
    key_use = next(statement for statement in statements if statement["Sid"] == "UseTheKey")
    assert key_use["Condition"] == {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}


def test_the_service_role_is_made_unless_the_account_has_it(keep: Keep) -> None:
    token, service = "aws:iam/serviceLinkedRole:ServiceLinkedRole", "opensearchservice.amazonaws.com"
    assert build(keep, service_roles={service: "arn:role"}).of_type(token) == []
    recording = build(keep, service_roles={"autoscaling.amazonaws.com": "arn:role"})
    role = recording.one(token)
    assert role.inputs["awsServiceName"] == service
    assert recording.depends_on(recording.one(DOMAIN), role)


def test_protection_is_a_choice(keep: Keep) -> None:
    assert not domain(keep).protect
    assert domain(keep, protect=True).protect


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"instance_type": "r7g.large"},
            "instance_type must be an OpenSearch type like r7g.large.search, got 'r7g.large'",
        ),
        ({"instance_count": 0}, "instance_count must be 1-80, got 0"),
        ({"instance_count": 5}, "instance_count must be 1 or a multiple of 2 or 3"),
        ({"volume_gib": 9}, "volume_gib must be 10-16384, got 9"),
        (
            {"volume_gib": 6_100, "instance_type": "r6g.xlarge.search"},
            "volume_gib of 6100 needs 750 MiB/s and r6g.xlarge.search delivers at most 593; take more instances",
        ),
        ({"writer_role_arns": ()}, "must name who ingests and who searches"),
    ],
)
def test_bad_args_are_named(keep: Keep, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(keep, **args)
