"""Data-life rules: what passes, what fails and at which property, what cannot be decided."""

import importlib
from typing import Any

import pytest

from policies.graph import UNKNOWN, Node
from policies.rule import Rule
from tests.policies.rules.keeps import facts, findings, node, undecided, verdicts, violation

BUCKET = "aws:s3/bucket:Bucket"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
TRIAL = facts(protect=False)
AGREED = facts(retention_days={"code": 30, "model": 365, "audit": 400, "log": 90}, audit_lock="compliance")


def rule(name: str) -> Rule:
    found = importlib.import_module(f"policies.rules.data_life.{name}").RULE
    assert isinstance(found, Rule)
    return found


def bucket(name: str = "it", data_class: str = "code", **inputs: Any) -> Node:
    region = inputs.pop("at", "eu-central-1")
    return node(BUCKET, name, region=region, tags={"codekeep:data-class": data_class}, **inputs)


@pytest.mark.parametrize(
    ("name", "type_", "good", "bad", "path"),
    [
        (
            "deletion_protection",
            "aws:eks/cluster:Cluster",
            {"deletionProtection": True},
            {"deletionProtection": False},
            "deletionProtection",
        ),
        ("deletion_protection", "aws:rds/cluster:Cluster", {"deletionProtection": True}, {}, "deletionProtection"),
        ("no_force", BUCKET, {}, {"forceDestroy": True}, "forceDestroy"),
        ("no_force", "aws:ecr/repository:Repository", {"forceDelete": False}, {"forceDelete": True}, "forceDelete"),
        (
            "secret_recovery",
            "aws:secretsmanager/secret:Secret",
            {},
            {"recoveryWindowInDays": 0},
            "recoveryWindowInDays",
        ),
        (
            "queue_retention",
            "aws:sqs/queue:Queue",
            {},
            {"messageRetentionSeconds": 15 * 86_400},
            "messageRetentionSeconds",
        ),
        ("backups", "aws:rds/instance:Instance", {"backupRetentionPeriod": 7}, {}, "backupRetentionPeriod"),
        (
            "backups",
            "aws:dynamodb/table:Table",
            {"pointInTimeRecovery": {"enabled": True}},
            {"pointInTimeRecovery": {"enabled": False}},
            "pointInTimeRecovery.enabled",
        ),
        (
            "bucket_versioning",
            VERSIONING,
            {"versioningConfiguration": {"status": "Enabled"}},
            {"versioningConfiguration": {"status": "Suspended"}},
            "versioningConfiguration.status",
        ),
        ("bucket_versioning", BUCKET, {"versioning": {"enabled": True}}, {}, ""),
    ],
)
def test_what_one_resource_decides(name: str, type_: str, good: dict[str, Any], bad: dict[str, Any], path: str) -> None:
    assert verdicts(rule(name), node(type_, **good)) == []
    wrong = node(type_, **bad)
    assert verdicts(rule(name), wrong) == [violation(wrong, path)]


@pytest.mark.parametrize(
    ("name", "type_", "inputs", "path"),
    [
        ("deletion_protection", "aws:eks/cluster:Cluster", {"deletionProtection": UNKNOWN}, "deletionProtection"),
        ("no_force", BUCKET, {"forceDestroy": UNKNOWN}, "forceDestroy"),
        (
            "secret_recovery",
            "aws:secretsmanager/secret:Secret",
            {"recoveryWindowInDays": UNKNOWN},
            "recoveryWindowInDays",
        ),
        ("queue_retention", "aws:sqs/queue:Queue", {"messageRetentionSeconds": UNKNOWN}, "messageRetentionSeconds"),
        ("bucket_versioning", VERSIONING, {"versioningConfiguration": UNKNOWN}, "versioningConfiguration"),
        ("bucket_retention", BUCKET, {"lifecycleRules": UNKNOWN}, "lifecycleRules"),
        ("backups", "aws:rds/instance:Instance", {"backupRetentionPeriod": UNKNOWN}, "backupRetentionPeriod"),
    ],
)
def test_what_is_not_known_is_undecided(name: str, type_: str, inputs: dict[str, Any], path: str) -> None:
    given = node(type_, **inputs)
    assert verdicts(rule(name), given) == [undecided(given, path)]


def test_resources_with_data_are_protected_unless_the_keep_is_a_trial() -> None:
    bare, kept = bucket("bare"), node(BUCKET, "kept", options={"protect": True})
    retained = node(BUCKET, "retained", options={"retainOnDelete": True})
    assert verdicts(rule("protected_data"), bare, kept, retained) == [violation(bare, "")]
    assert verdicts(rule("protected_data"), bare, agreed=TRIAL) == []
    cluster = node("aws:eks/cluster:Cluster", deletionProtection=False)
    assert verdicts(rule("deletion_protection"), cluster, agreed=TRIAL) == []


def test_access_logs_may_be_emptied_other_buckets_may_not() -> None:
    logs, code = bucket("logs", "log", forceDestroy=True), bucket("code", "code", forceDestroy=True)
    assert verdicts(rule("no_force"), logs, code, agreed=TRIAL) == [violation(code, "forceDestroy")]


def test_messages_go_with_the_code_they_are() -> None:
    agreed = facts(retention_days={"code": 2})
    queue = node("aws:sqs/queue:Queue", tags={"codekeep:data-class": "code"})  # SQS's default is four days
    assert verdicts(rule("queue_retention"), queue, agreed=agreed) == [violation(queue, "messageRetentionSeconds")]


def test_a_bucket_without_its_versioning_is_named() -> None:
    versioned, bare = bucket("versioned"), bucket("bare")
    versions = node(VERSIONING, bucket=versioned, versioningConfiguration={"status": "Enabled"})
    assert verdicts(rule("bucket_versioning"), versioned, bare, versions) == [violation(bare, "")]


def lifecycle(of: Node, days: int | None, old_days: int = 7, *, status: str = "Enabled", prefix: str = "") -> Node:
    rules = {
        "status": status,
        "filter": {"prefix": prefix},
        "noncurrentVersionExpiration": {"noncurrentDays": old_days},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 3},
        **({} if days is None else {"expiration": {"days": days}}),
    }
    return node(LIFECYCLE, f"{of.name}-lifecycle", bucket=of, rules=[rules])


@pytest.mark.parametrize(("data_class", "days", "old_days"), [("code", 30, 7), ("model", None, 365), ("audit", 400, 7)])
def test_buckets_that_expire_as_agreed_pass(data_class: str, days: int | None, old_days: int) -> None:
    given = bucket(data_class=data_class)
    assert verdicts(rule("bucket_retention"), given, lifecycle(given, days, old_days), agreed=AGREED) == []


@pytest.mark.parametrize(
    ("data_class", "days", "old_days", "path"),
    [
        ("code", 31, 7, "rules[0].expiration.days"),
        ("code", 30, 31, "rules[0].noncurrentVersionExpiration.noncurrentDays"),
        ("model", None, 366, "rules[0].noncurrentVersionExpiration.noncurrentDays"),
        ("audit", 399, 7, "rules[0].expiration.days"),
        ("audit", 401, 7, "rules[0].expiration.days"),
    ],
)
def test_data_goes_neither_late_nor_an_audit_trail_early(
    data_class: str, days: int | None, old_days: int, path: str
) -> None:
    given = bucket(data_class=data_class)
    expiry = lifecycle(given, days, old_days)
    assert verdicts(rule("bucket_retention"), given, expiry, agreed=AGREED) == [violation(expiry, path)]


def test_a_rule_that_is_off_or_covers_only_some_objects_does_not_count() -> None:
    for change in ({"status": "Disabled"}, {"prefix": "tmp/"}):
        given = bucket()
        found = findings(rule("bucket_retention"), given, lifecycle(given, 30, **change), agreed=AGREED)
        assert [each.urn for each in found] == [given.urn] * 3
        assert "expires objects after 30 days at most" in found[0].message


def test_rules_inside_the_bucket_count_too() -> None:
    inside = {
        "enabled": True,
        "expiration": {"days": 31},
        "noncurrentVersionExpiration": {"days": 1},
        "abortIncompleteMultipartUploadDays": 1,
    }
    given = bucket(lifecycleRules=[inside])
    assert verdicts(rule("bucket_retention"), given) == []  # nothing agreed
    assert verdicts(rule("bucket_retention"), given, agreed=AGREED) == [
        violation(given, "lifecycleRules[0].expiration.days")
    ]


def test_audit_buckets_are_locked_as_agreed() -> None:
    given = bucket(data_class="audit", objectLockEnabled=True)

    def lock(name: str, **retention: Any) -> Node:
        return node(LOCK, name, bucket=given, rule={"defaultRetention": retention})

    good, years = lock("good", mode="COMPLIANCE", days=400), lock("years", mode="COMPLIANCE", years=2)
    weak, short = lock("weak", mode="GOVERNANCE", days=400), lock("short", mode="COMPLIANCE", days=399)
    audit = rule("audit_object_lock")
    assert verdicts(audit, given, good, agreed=AGREED) == verdicts(audit, given, years, agreed=AGREED) == []
    assert verdicts(audit, given, weak, agreed=AGREED) == [violation(weak, "rule.defaultRetention.mode")]
    assert verdicts(audit, given, weak) == []  # no spec says which mode is agreed
    assert verdicts(audit, given, short, agreed=AGREED) == [violation(short, "rule.defaultRetention.days")]
    assert verdicts(audit, given, agreed=AGREED) == [violation(given, "objectLockConfiguration")]


def test_the_bucket_of_a_trail_is_an_audit_bucket_whatever_its_tags() -> None:
    given = node(BUCKET, bucket="trail", objectLockEnabled=True)
    trail = node("aws:cloudtrail/trail:Trail", s3BucketName=given)
    assert verdicts(rule("audit_object_lock"), given) == []
    assert verdicts(rule("audit_object_lock"), given, trail) == [violation(given, "objectLockConfiguration")]


def copy(of: Node, to: Node, **changes: Any) -> Node:
    rules = {
        "status": "Enabled",
        "filter": {"prefix": ""},
        "deleteMarkerReplication": {"status": "Enabled"},
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "destination": {"bucket": to.inputs["bucket"]},
        **changes,
    }
    made = node(REPLICATION, bucket=of, rules=[rules])
    return Node(
        urn=made.urn,
        type=made.type,
        name=made.name,
        inputs=made.inputs,
        property_dependencies={**made.property_dependencies, "rules": (to.urn,)},
    )


def test_what_a_restore_needs_is_copied_to_the_recovery_region() -> None:
    agreed = facts(recovery_region="eu-west-1")
    home, code = bucket("home", "index", bucket="home"), bucket("code", "code", bucket="code")
    there, near = bucket("there", "index", bucket="there", at="eu-west-1"), bucket("near", "log", bucket="near")
    copies, good = rule("recovery_copies"), copy(home, there)
    assert verdicts(copies, home, code, there, good, agreed=agreed) == []
    assert verdicts(copies, home, code, there, agreed=agreed) == [violation(home, "")]
    assert verdicts(copies, home, there) == []  # none agreed
    wrong = copy(home, near)
    assert verdicts(copies, home, near, wrong, agreed=agreed) == [violation(wrong, "rules[0].destination.bucket")]
    lasting = copy(home, there, deleteMarkerReplication={"status": "Disabled"})
    assert verdicts(copies, home, there, lasting, agreed=agreed) == [
        violation(lasting, "rules[0].deleteMarkerReplication.status")
    ]


@pytest.mark.parametrize("name", ["audit_object_lock", "recovery_copies"])
def test_a_bucket_whose_tags_are_not_known_yet_is_no_bucket_that_passes(name: str) -> None:
    agreed = facts(recovery_region="eu-west-1")
    for tags in (UNKNOWN, {"codekeep:data-class": UNKNOWN}):
        given = node(BUCKET, tags=tags)
        assert verdicts(rule(name), given, agreed=agreed) == [undecided(given, "tags")]


def test_a_copy_to_a_bucket_of_another_stack_is_undecided() -> None:
    home = bucket("home", "index", bucket="home")
    elsewhere = copy(home, node(BUCKET, "elsewhere", bucket="elsewhere"))
    assert verdicts(rule("recovery_copies"), home, elsewhere, agreed=facts(recovery_region="eu-west-1")) == [
        undecided(elsewhere, "rules[0].destination.bucket")
    ]


def test_repositories_keep_a_bounded_number_of_images() -> None:
    repository = node("aws:ecr/repository:Repository")

    def policy(status: str) -> Node:
        return node(
            "aws:ecr/lifecyclePolicy:LifecyclePolicy",
            repository=repository,
            policy=f'{{"rules": [{{"selection": {{"tagStatus": "{status}"}}}}]}}',
        )

    assert verdicts(rule("image_lifecycle"), repository, policy("any")) == []
    untagged = policy("untagged")
    assert verdicts(rule("image_lifecycle"), repository, untagged) == [violation(untagged, "policy|rules")]
    assert verdicts(rule("image_lifecycle"), repository) == [violation(repository, "")]
    unknown = node(untagged.type, repository=repository, policy=UNKNOWN)
    assert verdicts(rule("image_lifecycle"), repository, unknown) == [undecided(unknown, "policy")]


def test_vaults_are_locked_for_a_week_at_least() -> None:
    vault, token = node("aws:backup/vault:Vault"), "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
    good, short = node(token, "good", backupVaultName=vault, minRetentionDays=7), node(token, minRetentionDays=1)
    assert verdicts(rule("backup_vault_lock"), vault, good) == []
    assert verdicts(rule("backup_vault_lock"), vault, short) == [
        violation(vault, ""),
        violation(short, "minRetentionDays"),
    ]


def test_file_systems_have_a_backup_policy_and_databases_a_last_snapshot() -> None:
    files = node("aws:efs/fileSystem:FileSystem")
    policy = node("aws:efs/backupPolicy:BackupPolicy", fileSystemId=files, backupPolicy={"status": "ENABLED"})
    assert verdicts(rule("backups"), files, policy) == []
    assert verdicts(rule("backups"), files) == [violation(files, "")]
    skipped = node("aws:rds/cluster:Cluster", backupRetentionPeriod=7, skipFinalSnapshot=True)
    assert verdicts(rule("backups"), skipped) == [violation(skipped, "skipFinalSnapshot")]
    assert verdicts(rule("backups"), skipped, agreed=TRIAL) == []
