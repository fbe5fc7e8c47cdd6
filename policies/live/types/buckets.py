"""Buckets and the settings beside them."""

from collections.abc import Mapping
from typing import Any

from policies.graph import Node
from policies.live.account import is_gone
from policies.live.reader import Props, Reader, camel, pick, reader, tags


def _bucket(s3: Any, node: Node) -> Props:
    s3.get_bucket_location(Bucket=node.id)  # fails where the bucket is gone
    lock = _or_empty(s3.get_object_lock_configuration, node).get("ObjectLockConfiguration", {})
    found = _or_empty(s3.get_bucket_tagging, node).get("TagSet", ())
    return {"objectLockEnabled": lock.get("ObjectLockEnabled") == "Enabled", "tags": tags(found)}


def _versioning(s3: Any, node: Node) -> Props | None:
    status = s3.get_bucket_versioning(Bucket=node.id).get("Status")
    return {"versioningConfiguration": {"status": status}} if status else None


def _encryption(s3: Any, node: Node) -> Props:
    found = s3.get_bucket_encryption(Bucket=node.id)["ServerSideEncryptionConfiguration"]["Rules"]
    return {"rules": [_encryption_rule(rule) for rule in found]}


def _encryption_rule(rule: Mapping[str, Any]) -> Props:
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    return {
        "applyServerSideEncryptionByDefault": pick(
            default, sseAlgorithm="SSEAlgorithm", kmsMasterKeyId="KMSMasterKeyID"
        ),
        "bucketKeyEnabled": bool(rule.get("BucketKeyEnabled", False)),
    }


def _public_access(s3: Any, node: Node) -> Props:
    return dict(camel(s3.get_public_access_block(Bucket=node.id)["PublicAccessBlockConfiguration"]))


def _policy(s3: Any, node: Node) -> Props:
    return {"policy": s3.get_bucket_policy(Bucket=node.id)["Policy"]}


def _ownership(s3: Any, node: Node) -> Props:
    rules = s3.get_bucket_ownership_controls(Bucket=node.id)["OwnershipControls"]["Rules"]
    return {"rule": {"objectOwnership": rules[0]["ObjectOwnership"]}}


def _lifecycle(s3: Any, node: Node) -> Props:
    return {"rules": camel(s3.get_bucket_lifecycle_configuration(Bucket=node.id)["Rules"])}


def _logging(s3: Any, node: Node) -> Props | None:
    found = s3.get_bucket_logging(Bucket=node.id).get("LoggingEnabled")
    return dict(camel(found)) if found else None


def _object_lock(s3: Any, node: Node) -> Props:
    found = s3.get_object_lock_configuration(Bucket=node.id)["ObjectLockConfiguration"]
    rule = camel(found.get("Rule", {}))
    if "defaultRetention" in rule:
        rule = {"defaultRetention": {name: value for name, value in rule["defaultRetention"].items() if value}}
    return {"objectLockEnabled": found.get("ObjectLockEnabled"), "rule": rule}


def _replication(s3: Any, node: Node) -> Props:
    found = s3.get_bucket_replication(Bucket=node.id)["ReplicationConfiguration"]
    return {"role": found["Role"], "rules": [_replication_rule(rule) for rule in found["Rules"]]}


def _replication_rule(rule: Mapping[str, Any]) -> Props:
    destination = dict(camel(rule["Destination"]))
    if "encryptionConfiguration" in destination:
        key = destination["encryptionConfiguration"]
        destination["encryptionConfiguration"] = {"replicaKmsKeyId": key.get("replicaKmsKeyID")}
    return {**camel(rule), "destination": destination}


def _or_empty(call: Any, node: Node) -> Mapping[str, Any]:
    """What is not configured is an error of its own in S3."""
    try:
        found: Mapping[str, Any] = call(Bucket=node.id)
    except Exception as error:
        if is_gone(error):
            return {}
        raise
    return found


def _setting(read: Any, *fixed: str) -> Reader:
    return reader("s3", read, "bucket", "expectedBucketOwner", *fixed)


READERS: Mapping[str, Reader] = {
    "aws:s3/bucket:Bucket": _setting(_bucket, "bucketPrefix"),
    "aws:s3/bucketVersioning:BucketVersioning": _setting(_versioning),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _setting(_encryption),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting(_public_access, "skipDestroy"),
    "aws:s3/bucketPolicy:BucketPolicy": _setting(_policy),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _setting(_ownership),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        _lifecycle, "transitionDefaultMinimumObjectSize"
    ),
    "aws:s3/bucketLogging:BucketLogging": _setting(_logging, "targetObjectKeyFormat"),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _setting(_object_lock),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _setting(_replication),
}
