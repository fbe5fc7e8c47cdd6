"""Buckets of a keep: encryption, retention, locks, access logs."""

from typing import Any

import pytest
from codekeep_contracts.roles import BucketRole

from components.bucket_ref import DATA_CLASS_OF
from components.naming import DataClass, Keep
from components.storage.bucket import KeepBucketArgs, LockMode, ObjectLock
from components.storage.bucket_policy import BucketAccess
from components.storage.storage import ALWAYS, Storage, StorageArgs
from tests.components.builders import RETENTION_DAYS, fake_keys, key_arn
from tests.components.contract import assert_contract
from tests.components.recording import ACCOUNT, REGION, Node, Recording, record

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
PRIVATE = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
EVERY_BUCKET_HAS = (
    POLICY,
    PRIVATE,
    LIFECYCLE,
    ENCRYPTION,
    VERSIONING,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
)
WITH_PROMPTS = {**RETENTION_DAYS, DataClass.PROMPT: 7}


def build(keep: Keep, *, preview: bool = False, **args: Any) -> Recording[Storage]:
    all_args = {"retention_days": RETENTION_DAYS, "vpc_endpoint_ids": ("vpce-s3",), **args}
    return record(
        lambda: Storage("acme-storage", StorageArgs(keep=keep, keys=fake_keys(), **all_args)), preview=preview
    )


def logical(role: BucketRole) -> str:
    return f"acme-bucket-{role.value}"


def rules(recording: Recording[Storage], role: BucketRole) -> dict[str, Any]:
    return {rule["id"]: rule for rule in recording.one(LIFECYCLE, logical(role)).inputs["rules"]}


def test_the_buckets_of_a_keep(keep: Keep) -> None:
    recording = build(keep)
    assert_contract(recording, keep)
    roles = {*ALWAYS, BucketRole.ACCESS_LOGS}
    assert set(recording.result.buckets) == roles
    assert recording.names(BUCKET) == {logical(role) for role in roles}
    for role in roles:
        bucket, ref = recording.one(BUCKET, logical(role)), recording.result.bucket(role)
        assert recording.value(ref.name) == f"codekeep-acme-{role.value}-{ACCOUNT}-{REGION}" == bucket.inputs["bucket"]
        assert recording.value(ref.arn) == bucket.outputs["arn"]
        assert bucket.tags["codekeep:data-class"] == DATA_CLASS_OF[role].value


def test_prompts_have_a_bucket_only_by_opt_in(keep: Keep) -> None:
    with pytest.raises(KeyError, match="no prompts bucket"):
        build(keep).result.bucket(BucketRole.PROMPTS)
    recording = build(keep, retention_days=WITH_PROMPTS)
    assert rules(recording, BucketRole.PROMPTS)["retention"]["expiration"] == {"days": 7}


@pytest.mark.parametrize("token", EVERY_BUCKET_HAS)
def test_every_bucket_has_every_restriction(keep: Keep, token: str) -> None:
    recording = build(keep, retention_days=WITH_PROMPTS)
    assert len(recording.of_type(BUCKET)) == len(BucketRole)
    assert recording.names(token) == recording.names(BUCKET)


def test_no_public_access_and_no_acls(keep: Keep) -> None:
    recording = build(keep)
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    blocks = recording.of_type(PRIVATE)
    assert blocks
    assert all(block.inputs[flag] is True for block in blocks for flag in flags)
    controls = recording.of_type("aws:s3/bucketOwnershipControls:BucketOwnershipControls")
    assert all(each.inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"} for each in controls)
    assert all(each.inputs["versioningConfiguration"]["status"] == "Enabled" for each in recording.of_type(VERSIONING))


def test_each_bucket_is_encrypted_with_its_classs_key(keep: Keep) -> None:
    recording = build(keep)
    for role in ALWAYS:
        (rule,) = recording.one(ENCRYPTION, logical(role)).inputs["rules"]
        assert rule["applyServerSideEncryptionByDefault"] == {
            "sseAlgorithm": "aws:kms",
            "kmsMasterKeyId": key_arn(DATA_CLASS_OF[role]),
        }
        assert rule["bucketKeyEnabled"] is True
        assert key_arn(DATA_CLASS_OF[role]) in recording.one(POLICY, logical(role)).inputs["policy"]


def test_only_the_access_logs_are_under_s3s_own_key(keep: Keep) -> None:
    recording = build(keep)
    own = [
        node.name
        for node in recording.of_type(ENCRYPTION)
        if node.inputs["rules"][0]["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    ]
    assert own == [logical(BucketRole.ACCESS_LOGS)]
    assert recording.result.bucket(BucketRole.ACCESS_LOGS).key_arn is None


def test_data_expires_when_its_retention_ends(keep: Keep) -> None:
    recording = build(keep)
    for role in (BucketRole.CODE, BucketRole.SNAPSHOTS, BucketRole.ARTIFACTS, BucketRole.AUDIT):
        rule = rules(recording, role)["retention"]
        assert rule["expiration"] == {"days": RETENTION_DAYS[DATA_CLASS_OF[role]]}
        assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 7}
        assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 3}
        assert rule["status"] == "Enabled"
    marker = rules(recording, BucketRole.CODE)["markers-without-versions"]
    assert marker["expiration"] == {"expiredObjectDeleteMarker": True}


def test_models_in_use_do_not_expire(keep: Keep) -> None:
    rule = rules(build(keep), BucketRole.MODELS)["retention"]
    assert "expiration" not in rule
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 365}


def test_the_audit_bucket_alone_is_locked(keep: Keep) -> None:
    recording = build(keep)
    locked = [node.name for node in recording.of_type(BUCKET) if node.inputs["objectLockEnabled"]]
    assert locked == [logical(BucketRole.AUDIT)]
    lock = recording.one(LOCK)
    assert lock.inputs["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "days": 400}}
    assert recording.depends_on(lock, recording.one(VERSIONING, lock.name))
    softer = build(keep, audit_lock_mode=LockMode.GOVERNANCE).one(LOCK)
    assert softer.inputs["rule"]["defaultRetention"]["mode"] == "GOVERNANCE"


def test_access_to_every_bucket_is_logged_into_the_log_bucket(keep: Keep) -> None:
    recording = build(keep)
    assert recording.names(LOGGING) == {logical(role) for role in ALWAYS}
    target_policy = recording.one(POLICY, logical(BucketRole.ACCESS_LOGS))
    for node in recording.of_type(LOGGING):
        role = node.name.removeprefix("acme-bucket-")
        assert node.inputs["targetBucket"] == f"codekeep-acme-access-logs-{ACCOUNT}-{REGION}"
        assert node.inputs["targetPrefix"] == f"s3/{role}/"
        assert recording.depends_on(node, target_policy)  # S3 refuses a target it may not write to


def test_access_changes_come_one_after_the_other(keep: Keep) -> None:
    recording = build(keep)
    for policy in recording.of_type(POLICY):
        assert recording.depends_on(policy, recording.one(PRIVATE, policy.name))


def sids(node: Node) -> set[str]:
    return {statement["Sid"] for statement in node.policy()["Statement"]}


def test_every_bucket_policy_contains_the_required_denials(keep: Keep) -> None:
    recording = build(keep)
    always = {"DenyPlainHttp", "DenyOldTls", "DenyForeignPrincipals", "DenyForeignNetworks"}
    keyed = {"DenyOtherEncryption", "DenyOtherKeys", "DenyCallersKeys"}
    for role in ALWAYS:
        assert always | keyed <= sids(recording.one(POLICY, logical(role)))
    assert sids(recording.one(POLICY, logical(BucketRole.AUDIT))) - always - keyed == {"TrailReadsAcl", "TrailDelivers"}
    logs = sids(recording.one(POLICY, logical(BucketRole.ACCESS_LOGS)))
    assert logs == {*always, "S3Delivers", "LoadBalancersReadAcl", "LoadBalancersDeliver"}


def test_service_roles_reach_only_the_bucket_they_are_named_for(keep: Keep) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/codekeep-acme-index-snapshots"
    recording = build(keep, service_role_arns={BucketRole.SNAPSHOTS: (role,)})
    named = [node.name for node in recording.of_type(POLICY) if role in node.inputs["policy"]]
    assert named == [logical(BucketRole.SNAPSHOTS)]


def test_only_the_access_log_bucket_is_deleted_with_its_content(keep: Keep) -> None:
    recording = build(keep)
    forced = [node.name for node in recording.of_type(BUCKET) if node.inputs["forceDestroy"]]
    assert forced == [logical(BucketRole.ACCESS_LOGS)]
    assert not [node for node in recording.of_type(BUCKET) if node.protect]
    assert all(node.protect for node in build(keep, protect=True).of_type(BUCKET))


def test_a_preview_registers_the_same(keep: Keep) -> None:
    assert {node.urn for node in build(keep, preview=True).nodes} == {node.urn for node in build(keep).nodes}


def test_a_missing_retention_is_named(keep: Keep) -> None:
    short = {each: days for each, days in RETENTION_DAYS.items() if each not in (DataClass.AUDIT, DataClass.EVAL)}
    with pytest.raises(ValueError, match="retention_days must say how long these are kept: audit, eval"):
        StorageArgs(keep=keep, keys=None, retention_days=short, vpc_endpoint_ids=("vpce",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"retention_days": 0}, "retention_days of the code bucket must be 1 or more, got 0"),
        ({"key_arn": None}, "key_arn must be given for every bucket but access-logs"),
        ({"access_logs": None}, "access_logs must be given for every bucket but access-logs"),
        ({"role": BucketRole.ACCESS_LOGS}, "wrong for access-logs"),
        (
            {
                "role": BucketRole.ACCESS_LOGS,
                "key_arn": None,
                "access_logs": None,
                "object_lock": ObjectLock(days=1),
            },
            "object_lock must be None for access-logs",
        ),
    ],
)
def test_bad_bucket_args_are_named(keep: Keep, args: dict[str, Any], message: str) -> None:
    access = BucketAccess(keep=keep, vpc_endpoint_ids=("vpce",))
    good = {"role": BucketRole.CODE, "key_arn": "arn:k", "retention_days": 1, "access_logs": object()}
    with pytest.raises(ValueError, match=message):
        KeepBucketArgs(keep=keep, access=access, **{**good, **args})


def test_a_lock_of_less_than_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 1-36500, got 0"):
        ObjectLock(days=0)
