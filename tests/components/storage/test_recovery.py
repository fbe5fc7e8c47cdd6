"""The recovery region: replicas, copies of buckets, the copying role."""

from typing import Any

import pytest
from codekeep_contracts.roles import BucketRole

from awsread.iam import Decision, Request, decide
from components.bucket_ref import DATA_CLASS_OF
from components.naming import DataClass, Keep, Tier
from components.network.network_plan import NetworkPlan
from components.storage.recovery import Recovery, RecoveryArgs
from components.storage.replication import REPLICATED, replication_role_arn
from components.storage.storage import Storage, StorageArgs
from tests.components.builders import (
    RECOVERY_REGION,
    RECOVERY_ZONES,
    RETENTION_DAYS,
    fake_keys,
    key_arn,
)
from tests.components.conftest import make_keep
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Recording, record

BUCKET, POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
RULES = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
DAYS = {**RETENTION_DAYS, DataClass.PROMPT: 7}


@pytest.fixture
def keep() -> Keep:
    return make_keep(Tier.PREMIUM)


def build(
    keep: Keep, *, preview: bool = False, replicas: bool = True, days: dict[DataClass, int] = DAYS, **args: Any
) -> Recording[Recovery]:
    def program() -> Recovery:
        keys = fake_keys(replicas=replicas)
        storage = Storage(
            "acme-storage",
            StorageArgs(
                keep=keep,
                keys=keys,
                retention_days=days,
                vpc_endpoint_ids=("vpce-s3",),
                service_role_arns={role: (replication_role_arn(keep),) for role in REPLICATED},
            ),
        )
        network = NetworkPlan(cidr="10.64.0.0/16", zones=RECOVERY_ZONES)
        all_args: dict[str, Any] = {"region": RECOVERY_REGION, "network": network, **args}
        return Recovery(
            "acme-recovery", RecoveryArgs(keep=keep, keys=keys, storage=storage, retention_days=days, **all_args)
        )

    return record(program, preview=preview)


def test_the_second_region_has_replicas_and_a_network_without_egress(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep, regions=frozenset({REGION, RECOVERY_REGION}))
    there = [node for node in recording.resources if node.region == RECOVERY_REGION]
    kinds = {node.type for node in there}
    assert {"aws:ec2/vpc:Vpc", BUCKET, "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/flowLog:FlowLog"} <= kinds
    assert "aws:ec2/internetGateway:InternetGateway" not in kinds
    assert {node.urn for node in build(keep, preview=True).nodes} == {node.urn for node in recording.nodes}


def test_volumes_there_are_encrypted_by_default(keep: Keep) -> None:
    recording = build(keep)
    assert recording.one("aws:ebs/encryptionByDefault:EncryptionByDefault").inputs == {
        "enabled": True,
        "region": RECOVERY_REGION,
    }
    default = recording.one("aws:ebs/defaultKmsKey:DefaultKmsKey")
    assert default.inputs["keyArn"] == key_arn(DataClass.CODE, RECOVERY_REGION)


def test_replicas_are_as_restricted_as_their_sources(keep: Keep) -> None:
    recording = build(keep)
    replicas = [node for node in recording.of_type(BUCKET) if node.region == RECOVERY_REGION]
    assert {node.name for node in replicas} == {
        f"acme-recovery-bucket-{role.value}" for role in (*REPLICATED, BucketRole.ACCESS_LOGS)
    }
    for role in REPLICATED:
        name = f"acme-recovery-bucket-{role.value}"
        statements = {each["Sid"]: each for each in recording.one(POLICY, name).policy()["Statement"]}
        here = {each["Sid"] for each in recording.one(POLICY, f"acme-bucket-{role.value}").policy()["Statement"]}
        assert statements.keys() == here
        endpoint = statements["DenyForeignNetworks"]["Condition"]["StringNotEqualsIfExists"]["aws:SourceVpce"]
        assert endpoint == [recording.value(recording.result.network.s3_endpoint_id)]
        key = statements["DenyOtherKeys"]["Condition"]["StringNotEquals"]
        assert key_arn(DATA_CLASS_OF[role], RECOVERY_REGION) in key.values()
    locked = [node.name for node in replicas if node.inputs["objectLockEnabled"]]
    assert locked == ["acme-recovery-bucket-audit"]


def test_buckets_with_data_to_restore_are_copied_under_the_other_regions_key(keep: Keep) -> None:
    recording = build(keep)
    assert recording.names(RULES) == {f"acme-recovery-replication-{role.value}" for role in REPLICATED}
    for role in REPLICATED:
        config = recording.one(RULES, f"acme-recovery-replication-{role.value}")
        source = recording.one(BUCKET, f"acme-bucket-{role.value}")
        replica = recording.one(BUCKET, f"acme-recovery-bucket-{role.value}")
        (rule,) = config.inputs["rules"]
        assert config.inputs["bucket"] == source.inputs["bucket"]
        assert config.region == REGION
        assert rule["status"] == "Enabled"
        assert rule["destination"]["bucket"] == replica.outputs["arn"]
        assert rule["destination"]["encryptionConfiguration"] == {
            "replicaKmsKeyId": key_arn(DATA_CLASS_OF[role], RECOVERY_REGION)
        }
        assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
        assert rule["deleteMarkerReplication"] == {"status": "Enabled"}  # deletions reach the copy
        assert rule["destination"]["replicationTime"] == {"status": "Enabled", "time": {"minutes": 15}}
        for name in (source.name, replica.name):
            assert recording.depends_on(config, recording.one(VERSIONING, name))


def test_caches_and_access_logs_stay_in_their_region(keep: Keep) -> None:
    assert BucketRole.CODE not in REPLICATED
    assert BucketRole.ACCESS_LOGS not in REPLICATED


def test_a_keep_without_prompts_copies_none(keep: Keep) -> None:
    recording = build(keep, days=dict(RETENTION_DAYS))
    assert len(recording.of_type(RULES)) == len(REPLICATED) - 1
    assert BucketRole.PROMPTS not in recording.result.buckets


def test_the_copying_role_reads_sources_writes_replicas_and_no_more(keep: Keep) -> None:
    recording = build(keep)
    role = recording.one("aws:iam/role:Role", "acme-recovery-replication")
    assert role.outputs["arn"] == replication_role_arn(keep)
    statements = recording.one("aws:iam/rolePolicy:RolePolicy", "acme-recovery-replication").policy()["Statement"]
    by_sid = {statement["Sid"]: statement for statement in statements}
    sources = {recording.one(BUCKET, f"acme-bucket-{each.value}").outputs["arn"] for each in REPLICATED}
    replicas = {recording.one(BUCKET, f"acme-recovery-bucket-{each.value}").outputs["arn"] for each in REPLICATED}
    assert set(by_sid["ReadRules"]["Resource"]) == sources
    assert set(by_sid["ReadVersions"]["Resource"]) == {f"{arn}/*" for arn in sources}
    assert set(by_sid["WriteReplicas"]["Resource"]) == {f"{arn}/*" for arn in replicas}
    classes = [DATA_CLASS_OF[each] for each in REPLICATED]
    assert set(by_sid["DecryptSources"]["Resource"]) == {key_arn(each) for each in classes}
    assert set(by_sid["EncryptReplicas"]["Resource"]) == {key_arn(each, RECOVERY_REGION) for each in classes}
    assert by_sid["EncryptReplicas"]["Condition"]["StringEquals"]["kms:ViaService"] == (
        f"s3.{RECOVERY_REGION}.amazonaws.com"
    )
    assert all("*" not in action for statement in statements for action in statement["Action"])
    assert not any("s3:GetObject" in statement["Action"] for statement in statements)


def test_s3_alone_assumes_the_role_and_needs_no_source(keep: Keep) -> None:
    trust = build(keep).one("aws:iam/role:Role", "acme-recovery-replication").policy("assumeRolePolicy")
    assert decide(trust, Request(principal="s3.amazonaws.com", action="sts:AssumeRole")) is Decision.ALLOW
    assert decide(trust, Request(principal="es.amazonaws.com", action="sts:AssumeRole")) is Decision.NONE


def test_both_buckets_allow_the_copying_role_from_outside_the_network(keep: Keep) -> None:
    recording = build(keep)
    context = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
    for name in ("acme-bucket-models", "acme-recovery-bucket-models"):
        arn = recording.one(BUCKET, name).outputs["arn"]
        policy = recording.one(POLICY, name).policy()
        request = Request(
            principal=replication_role_arn(keep), action="s3:ReplicateObject", resource=f"{arn}/x", context=context
        )
        assert decide(policy, request) is Decision.NONE  # not denied
        stranger = Request(
            principal=f"arn:aws:iam::{ACCOUNT}:role/x",
            action="s3:ReplicateObject",
            resource=f"{arn}/x",
            context=context,
        )
        assert decide(policy, stranger) is Decision.DENY


def test_bad_args_are_named(keep: Keep) -> None:
    with pytest.raises(ValueError, match=f"region must differ from the keep's own, got {REGION} for both"):
        build(keep, region=REGION)
    with pytest.raises(ValueError, match=f"keys must have replicas in {RECOVERY_REGION}"):
        build(keep, replicas=False)
