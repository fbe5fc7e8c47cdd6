"""Lifecycle, logging, object lock, replication and notifications of a bucket."""

from typing import Any

from awsread.services.s3 import DESTINATIONS, LIFECYCLE, LOGGING, REPLICATION
from awsread.spelling import Spelling
from sandbox.aws.resource import Props
from sandbox.aws.services.live import args_of
from sandbox.aws.services.s3 import BucketSetting

LOCK = Spelling()


class BucketLifecycleConfiguration(BucketSetting):
    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    partly = frozenset({"rules", "transitionDefaultMinimumObjectSize"})
    in_state = frozenset({"timeouts"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        rules = [_with_scope(rule) for rule in LIFECYCLE.to_api(inputs.get("rules") or [])]
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={"Rules": rules},
            **args_of(inputs, TransitionDefaultMinimumObjectSize="transitionDefaultMinimumObjectSize"),
        )

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_lifecycle(Bucket=bucket)


class BucketLogging(BucketSetting):
    token = "aws:s3/bucketLogging:BucketLogging"
    partly = frozenset({"targetObjectKeyFormat", "targetGrants"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        names = ("targetBucket", "targetPrefix", "targetGrants", "targetObjectKeyFormat")
        wanted = LOGGING.to_api({name: inputs.get(name) for name in names})
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": wanted})

    def clear(self, s3: Any, bucket: str) -> None:
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})


class BucketObjectLockConfiguration(BucketSetting):
    """The lock itself stays with its bucket; deletion removes the default retention."""

    token = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
    in_state = frozenset({"token"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        wanted = LOCK.to_api({name: inputs.get(name) for name in ("objectLockEnabled", "rule")})
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=wanted, **_permit(inputs))

    def clear(self, s3: Any, bucket: str) -> None:
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})


class BucketReplicationConfig(BucketSetting):
    token = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
    partly = frozenset({"rules"})
    in_state = frozenset({"token"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        s3.put_bucket_replication(
            Bucket=bucket,
            ReplicationConfiguration={"Role": inputs["role"], "Rules": REPLICATION.to_api(inputs["rules"])},
            **_permit(inputs),
        )

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_replication(Bucket=bucket)


class BucketNotification(BucketSetting):
    token = "aws:s3/bucketNotification:BucketNotification"
    partly = frozenset({"eventbridge"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        wanted: Props = {"EventBridgeConfiguration": {}} if inputs.get("eventbridge") else {}
        for name, (listed, address, key) in DESTINATIONS.items():
            if inputs.get(name):
                wanted[listed] = [{key: item[address], **_events(item)} for item in inputs[name]]
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)

    def clear(self, s3: Any, bucket: str) -> None:
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})


def _permit(inputs: Props) -> Props:
    """The token from AWS support that allows changing an existing lock or replication."""
    return args_of(inputs, Token="token")  # noqa: S106 - the name of a property


def _with_scope(rule: Props) -> Props:
    """A rule without a filter or prefix applies to all objects, which AWS wants as an empty prefix."""
    return rule if "Filter" in rule or "Prefix" in rule else {**rule, "Filter": {"Prefix": ""}}


def _events(item: Props) -> Props:
    rules = [
        {"Name": kind, "Value": item[name]}
        for kind, name in (("prefix", "filterPrefix"), ("suffix", "filterSuffix"))
        if item.get(name)
    ]
    filtered = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
    return {"Events": item["events"], **args_of(item, Id="id"), **filtered}
