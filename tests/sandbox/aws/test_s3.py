"""Buckets and everything that is configured on one, through the provider over moto."""

import json

import pytest

from tests.sandbox.aws.harness import CheckError, Deployed, Plugin, ProviderError

BUCKET = "aws:s3/bucket:Bucket"
KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-1111-1111-111111111111"
LOCKED = {"objectLockEnabled": True}


def setting(name: str) -> str:
    return f"aws:s3/{name[0].lower()}{name[1:]}:{name}"


def policy(bucket: str, effect: str = "Deny", action: str = "s3:*") -> str:
    statement = {
        "Sid": "A",
        "Effect": effect,
        "Principal": "*",
        "Action": action,
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def bucket(plugin: Plugin, unique: str) -> Deployed:
    return plugin.create(BUCKET, f"{unique}-bucket", {"objectLockEnabled": True})


def test_a_bucket_passes_the_lifecycle(lifecycle):
    made = lifecycle(
        BUCKET,
        {"bucket": "codekeep-acme-code", "tags": {"a": "b"}},
        {"bucket": "codekeep-acme-code", "tags": {"a": "c", "d": "e"}, "forceDestroy": True},
        drift=lambda api, made: api.client("s3").delete_bucket_tagging(Bucket=made.id),
        unreadable={"objectLockEnabled"},
    )
    assert made.id == "codekeep-acme-code"
    assert made.outputs["arn"] == "arn:aws:s3:::codekeep-acme-code"
    assert made.outputs["bucketDomainName"] == "codekeep-acme-code.s3.amazonaws.com"
    assert made.outputs["bucketRegionalDomainName"] == "codekeep-acme-code.s3.eu-central-1.amazonaws.com"
    assert made.outputs["hostedZoneId"] == "Z21DNDUVLTQW6Q"


@pytest.mark.parametrize("property_", ["bucket", "objectLockEnabled"])
def test_properties_that_aws_cannot_change_replace_a_bucket(lifecycle, property_):
    after = {"bucket": {"bucket": "another-bucket"}, "objectLockEnabled": LOCKED}[property_]
    lifecycle(BUCKET, {}, after, expect_replace={property_}, unreadable={"objectLockEnabled"})


def test_a_generated_bucket_name_is_lower_case(plugin):
    made = plugin.create(BUCKET, "MyBucket", {})
    assert made.id.startswith("mybucket-")


def test_a_bucket_with_a_region_is_created_there(plugin, unique):
    made = plugin.create(BUCKET, unique, {"region": "eu-west-1"})
    assert made.outputs["bucketRegion"] == "eu-west-1"
    location = plugin.api().client("s3").get_bucket_location(Bucket=made.id)
    assert location["LocationConstraint"] == "eu-west-1"


def test_a_bucket_in_the_first_region_needs_no_constraint(plugin, unique):
    made = plugin.create(BUCKET, unique, {"region": "us-east-1"})
    assert plugin.read(made) is not None


def test_a_bucket_with_objects_is_deleted_only_with_force(plugin, unique):
    made = plugin.create(BUCKET, unique, {})
    plugin.create(
        setting("BucketVersioning"), unique, {"bucket": made.id, "versioningConfiguration": {"status": "Enabled"}}
    )
    s3 = plugin.api().client("s3")
    s3.put_object(Bucket=made.id, Key="a", Body=b"1")
    s3.put_object(Bucket=made.id, Key="a", Body=b"2")
    s3.delete_object(Bucket=made.id, Key="a")
    with pytest.raises(ProviderError, match="BucketNotEmpty"):
        plugin.delete(made)
    forced = plugin.update(made, {"forceDestroy": True})
    plugin.delete(forced)
    assert plugin.read(forced) is None


def test_a_deprecated_inline_property_is_refused_with_the_resource_to_use(plugin, unique):
    with pytest.raises(CheckError, match=r"versioning.*aws\.s3\.BucketVersioning"):
        plugin.create(BUCKET, unique, {"versioning": {"enabled": True}})


def test_versioning_passes_the_lifecycle(lifecycle, plugin, unique):
    bucket = plugin.create(BUCKET, f"{unique}-bucket", {})
    made = lifecycle(
        setting("BucketVersioning"),
        {"bucket": bucket.id, "versioningConfiguration": {"status": "Enabled", "mfaDelete": "Disabled"}},
        {"bucket": bucket.id, "versioningConfiguration": {"status": "Suspended"}},
        drift=lambda api, made: api.client("s3").put_bucket_versioning(
            Bucket=made.id, VersioningConfiguration={"Status": "Suspended"}
        ),
        gone_after_delete=False,  # AWS has no way back: it stays suspended
    )
    assert made.id == bucket.id


def test_a_locked_bucket_keeps_its_versioning(plugin, unique, bucket):
    inputs = {"bucket": bucket.id, "versioningConfiguration": {"status": "Enabled"}}
    plugin.delete(plugin.create(setting("BucketVersioning"), unique, inputs))


def test_encryption_passes_the_lifecycle(lifecycle, bucket):
    def rule(**more):
        return [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY_ARN}, **more}]

    lifecycle(
        setting("BucketServerSideEncryptionConfiguration"),
        {"bucket": bucket.id, "rules": rule(bucketKeyEnabled=True, blockedEncryptionTypes=["SSE-C"])},
        {"bucket": bucket.id, "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        drift=lambda api, made: api.client("s3").put_bucket_encryption(
            Bucket=made.id,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        ),
    )


def test_the_public_access_block_passes_the_lifecycle(lifecycle, bucket):
    lifecycle(
        setting("BucketPublicAccessBlock"),
        {"bucket": bucket.id, "blockPublicAcls": True, "blockPublicPolicy": True, "restrictPublicBuckets": True},
        {"bucket": bucket.id, "blockPublicAcls": True},
        drift=lambda api, made: api.client("s3").put_public_access_block(
            Bucket=made.id, PublicAccessBlockConfiguration={"BlockPublicAcls": True}
        ),
    )


def test_a_bucket_policy_passes_the_lifecycle(lifecycle, bucket):
    lifecycle(
        setting("BucketPolicy"),
        {"bucket": bucket.id, "policy": policy(bucket.id)},
        {"bucket": bucket.id, "policy": policy(bucket.id, action="s3:GetObject")},
        drift=lambda api, made: api.client("s3").put_bucket_policy(
            Bucket=made.id, Policy=policy(made.id, effect="Allow")
        ),
    )


def test_a_policy_deleted_outside_pulumi_reads_as_gone(plugin, unique, bucket):
    made = plugin.create(setting("BucketPolicy"), unique, {"bucket": bucket.id, "policy": policy(bucket.id)})
    plugin.api().client("s3").delete_bucket_policy(Bucket=bucket.id)
    assert plugin.read(made) is None


def test_settings_of_a_deleted_bucket_read_as_gone(plugin, unique):
    bucket = plugin.create(BUCKET, f"{unique}-bucket", {})
    made = plugin.create(setting("BucketPolicy"), unique, {"bucket": bucket.id, "policy": policy(bucket.id)})
    plugin.api().client("s3").delete_bucket(Bucket=bucket.id)
    assert plugin.read(made) is None
    plugin.delete(made)


def test_ownership_controls_pass_the_lifecycle(lifecycle, bucket):
    lifecycle(
        setting("BucketOwnershipControls"),
        {"bucket": bucket.id, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"bucket": bucket.id, "rule": {"objectOwnership": "BucketOwnerPreferred"}},
        drift=lambda api, made: api.client("s3").put_bucket_ownership_controls(
            Bucket=made.id, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
    )


def test_a_lifecycle_passes_the_lifecycle(lifecycle, bucket):
    rules = [
        {
            "id": "retention",
            "status": "Enabled",
            "filter": {"and": {"prefix": "a/", "tags": {"k": "v"}, "objectSizeGreaterThan": 1024}},
            "expiration": {"days": 30},
            "noncurrentVersionExpiration": {"noncurrentDays": 7, "newerNoncurrentVersions": 2},
            "transitions": [{"days": 1, "storageClass": "GLACIER_IR"}],
        },
        {
            "id": "markers",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "expiration": {"expiredObjectDeleteMarker": True},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 3},
        },
    ]
    lifecycle(
        setting("BucketLifecycleConfiguration"),
        {"bucket": bucket.id, "rules": rules, "transitionDefaultMinimumObjectSize": "varies_by_storage_class"},
        {"bucket": bucket.id, "rules": [{**rules[0], "expiration": {"days": 60}}]},
        drift=lambda api, made: api.client("s3").put_bucket_lifecycle_configuration(
            Bucket=made.id,
            LifecycleConfiguration={
                "Rules": [{"ID": "x", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
            },
        ),
    )


def test_access_logging_passes_the_lifecycle(lifecycle, plugin, bucket, unique):
    target = plugin.create(BUCKET, f"{unique}-logs", {})
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{target.id}/*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    plugin.create(setting("BucketPolicy"), unique, {"bucket": target.id, "policy": document})
    dated = {"partitionedPrefix": {"partitionDateSource": "EventTime"}}
    lifecycle(
        setting("BucketLogging"),
        {"bucket": bucket.id, "targetBucket": target.id, "targetPrefix": "s3/", "targetObjectKeyFormat": dated},
        {"bucket": bucket.id, "targetBucket": target.id, "targetPrefix": "logs/"},
        drift=lambda api, made: api.client("s3").put_bucket_logging(
            Bucket=made.id,
            BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target.id, "TargetPrefix": "x/"}},
        ),
    )


def test_the_object_lock_passes_the_lifecycle(lifecycle, bucket):
    def rule(days):
        return {"defaultRetention": {"mode": "GOVERNANCE", "days": days}}

    lifecycle(
        setting("BucketObjectLockConfiguration"),
        {"bucket": bucket.id, "rule": rule(30)},
        {"bucket": bucket.id, "rule": rule(60)},
        drift=lambda api, made: api.client("s3").put_object_lock_configuration(
            Bucket=made.id, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
        ),
        gone_after_delete=False,  # the lock is the bucket's; only its default retention goes
    )


def test_replication_passes_the_lifecycle(lifecycle, plugin, bucket, unique):
    target = plugin.create(BUCKET, f"{unique}-replica", {"region": "eu-west-1", **LOCKED})
    rule = {
        "id": "all",
        "priority": 1,
        "status": "Enabled",
        "filter": {"and": {"prefix": "a/", "tags": {"k": "v"}}},
        "deleteMarkerReplication": {"status": "Enabled"},
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "destination": {
            "bucket": target.outputs["arn"],
            "storageClass": "STANDARD",
            "encryptionConfiguration": {"replicaKmsKeyId": KEY_ARN},
            "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
            "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
        },
    }
    role = "arn:aws:iam::123456789012:role/replication"
    made = lifecycle(
        setting("BucketReplicationConfig"),
        {"bucket": bucket.id, "role": role, "rules": [rule]},
        {"bucket": bucket.id, "role": role, "rules": [{**rule, "deleteMarkerReplication": {"status": "Disabled"}}]},
    )
    assert made.outputs["rules"][0]["sourceSelectionCriteria"] == rule["sourceSelectionCriteria"]


def test_notifications_pass_the_lifecycle(lifecycle, plugin, bucket, unique):
    queue = plugin.api().client("sqs").create_queue(QueueName=unique)
    arn = queue["QueueUrl"].rpartition("/")[2]
    listener = {
        "id": "new",
        "queueArn": f"arn:aws:sqs:eu-central-1:123456789012:{arn}",
        "events": ["s3:ObjectCreated:*"],
        "filterPrefix": "a/",
        "filterSuffix": ".json",
    }
    lifecycle(
        setting("BucketNotification"),
        {"bucket": bucket.id, "eventbridge": True, "queues": [listener]},
        {"bucket": bucket.id, "queues": [{**listener, "filterPrefix": "b/"}]},
        drift=lambda api, made: api.client("s3").put_bucket_notification_configuration(
            Bucket=made.id, NotificationConfiguration={}
        ),
        gone_after_delete=False,  # a bucket always has this configuration, if an empty one
    )


def test_a_bucket_is_found(plugin, bucket):
    found = plugin.invoke("aws:s3/getBucket:getBucket", {"bucket": bucket.id})
    assert (found["id"], found["arn"]) == (bucket.id, bucket.outputs["arn"])
