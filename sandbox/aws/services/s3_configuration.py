"""How long a bucket keeps things, where it logs, what it announces and where it copies to."""

from typing import Any

from awsread.errors import or_none
from sandbox.aws.resource import Props
from sandbox.aws.services.live import given
from sandbox.aws.services.s3 import BucketSetting
from sandbox.aws.services.spelling import Spelling

LIFECYCLE = Spelling({"id": "ID"})
LOGGING = Spelling({"id": "ID", "uri": "URI"})
LOCK = Spelling()
REPLICATION = Spelling({"id": "ID", "replicaKmsKeyId": "ReplicaKmsKeyID"})
DESTINATIONS = {  # property → name of its list in the API, name of the address in it
    "lambdaFunctions": ("LambdaFunctionConfigurations", "lambdaFunctionArn", "LambdaFunctionArn"),
    "queues": ("QueueConfigurations", "queueArn", "QueueArn"),
    "topics": ("TopicConfigurations", "topicArn", "TopicArn"),
}


class BucketLifecycleConfiguration(BucketSetting):
    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    partly = frozenset({"rules", "transitionDefaultMinimumObjectSize"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        rules = [_with_scope(rule) for rule in LIFECYCLE.to_api(inputs.get("rules") or [])]
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={"Rules": rules},
            **given(inputs, TransitionDefaultMinimumObjectSize="transitionDefaultMinimumObjectSize"),
        )

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = or_none(s3.get_bucket_lifecycle_configuration, Bucket=bucket)
        if not found:
            return None
        return {
            "rules": LIFECYCLE.to_props(found["Rules"]),
            "transitionDefaultMinimumObjectSize": found.get("TransitionDefaultMinimumObjectSize"),
            "timeouts": state.get("timeouts"),
        }

    def clear(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_lifecycle(Bucket=bucket)


class BucketLogging(BucketSetting):
    token = "aws:s3/bucketLogging:BucketLogging"
    partly = frozenset({"targetObjectKeyFormat", "targetGrants"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        names = ("targetBucket", "targetPrefix", "targetGrants", "targetObjectKeyFormat")
        wanted = LOGGING.to_api({name: inputs.get(name) for name in names})
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": wanted})

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = s3.get_bucket_logging(Bucket=bucket).get("LoggingEnabled")
        return {"targetPrefix": "", **LOGGING.to_props(found)} if found else None

    def clear(self, s3: Any, bucket: str) -> None:
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})


class BucketObjectLockConfiguration(BucketSetting):
    """The lock itself stays with its bucket; deletion takes the default retention away."""

    token = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        wanted = LOCK.to_api({name: inputs.get(name) for name in ("objectLockEnabled", "rule")})
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=wanted, **_permit(inputs))

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = or_none(s3.get_object_lock_configuration, Bucket=bucket)
        lock = LOCK.to_props(found["ObjectLockConfiguration"]) if found else {}
        if not lock.get("objectLockEnabled"):
            return None
        if "rule" in lock:
            retention = {name: value for name, value in lock["rule"]["defaultRetention"].items() if value}
            lock["rule"] = {"defaultRetention": retention}  # moto says 0 for the unit that was not given
        return {**lock, "token": state.get("token")}

    def clear(self, s3: Any, bucket: str) -> None:
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})


class BucketReplicationConfig(BucketSetting):
    token = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
    partly = frozenset({"rules"})

    def put(self, s3: Any, bucket: str, inputs: Props) -> None:
        s3.put_bucket_replication(
            Bucket=bucket,
            ReplicationConfiguration={"Role": inputs["role"], "Rules": REPLICATION.to_api(inputs["rules"])},
            **_permit(inputs),
        )

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = or_none(s3.get_bucket_replication, Bucket=bucket)
        if not found:
            return None
        live = found["ReplicationConfiguration"]
        return {"role": live["Role"], "rules": REPLICATION.to_props(live["Rules"]), "token": state.get("token")}

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

    def get(self, s3: Any, bucket: str, state: Props) -> Props | None:
        found = s3.get_bucket_notification_configuration(Bucket=bucket)
        result: Props = {"eventbridge": "EventBridgeConfiguration" in found}
        for name, (listed, address, key) in DESTINATIONS.items():
            if items := found.get(listed):
                result[name] = [{address: item[key], **_heard_events(item)} for item in items]
        return result

    def clear(self, s3: Any, bucket: str) -> None:
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})


def _permit(inputs: Props) -> Props:
    """What AWS support hands out to change a lock or replication that exists."""
    return given(inputs, Token="token")  # noqa: S106 - the name of a property


def _with_scope(rule: Props) -> Props:
    """A rule without a filter or prefix is meant for the whole bucket; AWS wants that said."""
    return rule if "Filter" in rule or "Prefix" in rule else {**rule, "Filter": {"Prefix": ""}}


def _events(item: Props) -> Props:
    rules = [
        {"Name": kind, "Value": item[name]}
        for kind, name in (("prefix", "filterPrefix"), ("suffix", "filterSuffix"))
        if item.get(name)
    ]
    filtered = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
    return {"Events": item["events"], **given(item, Id="id"), **filtered}


def _heard_events(item: Props) -> Props:
    rules = item.get("Filter", {}).get("Key", {}).get("FilterRules", ())
    prefixes = {f"filter{rule['Name'].capitalize()}": rule["Value"] for rule in rules}
    return {"events": item["Events"], "id": item.get("Id"), **prefixes}
