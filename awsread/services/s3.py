"""Buckets, and their settings that are separate resources. A setting's id is `bucket` or `bucket,owner`."""

from collections.abc import Callable, Mapping
from typing import Any

from awsread.answers import camel, dns_suffix, pick, same_json, tag_map
from awsread.errors import code_of, or_none
from awsread.reader import Aws, Props, Read, reads
from awsread.spelling import Spelling

HOSTED_ZONES = {
    "af-south-1": "Z83WF9RJE8B12",
    "ap-east-1": "ZNB98KWMFR0R6",
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-northeast-2": "Z3W03O7B5YMIYP",
    "ap-northeast-3": "Z2YQB5RD63NC85",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "sa-east-1": "Z7KQH4QJS55SO",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
}
"""Route 53 zones of the S3 website endpoints, as AWS publishes them."""

ENCRYPTION = Spelling({"sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID"})
LIFECYCLE = Spelling({"id": "ID"})
LOGGING = Spelling({"id": "ID", "uri": "URI"})
REPLICATION = Spelling({"id": "ID", "replicaKmsKeyId": "ReplicaKmsKeyID"})
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
DESTINATIONS = {  # property → name of its list in the API, name of the address in it
    "lambdaFunctions": ("LambdaFunctionConfigurations", "lambdaFunctionArn", "LambdaFunctionArn"),
    "queues": ("QueueConfigurations", "queueArn", "QueueArn"),
    "topics": ("TopicConfigurations", "topicArn", "TopicArn"),
}

ReadSetting = Callable[[Any, str, Mapping[str, Any]], Props | None]
"""From a client, the bucket's name and what is known: the setting; None where the bucket has none."""


@reads("s3", "aws:s3/bucket:Bucket", fixed="bucket bucketPrefix")
def bucket(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    if not exists(aws, id):
        return None
    s3 = aws.client("s3")
    lock = (or_none(s3.get_object_lock_configuration, Bucket=id) or {}).get("ObjectLockConfiguration", {})
    tags = or_none(s3.get_bucket_tagging, Bucket=id) or {}
    return {
        "bucket": id,
        "objectLockEnabled": lock.get("ObjectLockEnabled") == "Enabled",
        "tags": tag_map(tags.get("TagSet")),
        **addresses(aws, id),
    }


def exists(aws: Aws, name: str) -> bool:
    """Whether the bucket exists in this region: S3 answers for those of other regions too."""
    try:
        found = aws.client("s3").head_bucket(Bucket=name)
    except Exception as error:
        if code_of(error) == "404":  # the answer to HEAD has no body with another code
            return False
        raise
    return bool(found.get("BucketRegion", aws.region) == aws.region)


def addresses(aws: Aws, name: str) -> Props:
    """Properties that are derived from a bucket's name and region."""
    return {
        "arn": f"arn:{aws.partition}:s3:::{name}",
        "bucketDomainName": f"{name}.s3.{dns_suffix(aws)}",
        "bucketRegionalDomainName": f"{name}.s3.{aws.region}.{dns_suffix(aws)}",
        "bucketRegion": aws.region,
        "hostedZoneId": HOSTED_ZONES.get(aws.region),
    }


def setting(name: str, fixed: str = "") -> Callable[[ReadSetting], Read]:
    """Declares the reader of `aws:s3/bucketNAME`."""

    def declare(read: ReadSetting) -> Read:
        @reads("s3", f"aws:s3/bucket{name}:Bucket{name}", fixed=f"bucket {fixed}")
        def read_setting(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
            bucket, _, owner = id.partition(",")
            if not exists(aws, bucket):
                return None
            found = read(aws.client("s3"), bucket, known)
            return None if found is None else {"bucket": bucket, "expectedBucketOwner": owner or None, **found}

        return read_setting

    return declare


@setting("Versioning", "expectedBucketOwner mfa")
def versioning(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = s3.get_bucket_versioning(Bucket=bucket)
    return {"versioningConfiguration": {"status": "Disabled", **pick(found, "Status", mfaDelete="MFADelete")}}


@setting("ServerSideEncryptionConfiguration", "expectedBucketOwner")
def encryption(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(s3.get_bucket_encryption, Bucket=bucket)
    if not found:
        return None
    rules = ENCRYPTION.to_props(found["ServerSideEncryptionConfiguration"]["Rules"])
    return {"rules": [_without_nesting(rule) for rule in rules]}


def _without_nesting(rule: Props) -> Props:
    """The API wraps the list of blocked encryption types once more."""
    blocked = rule.get("blockedEncryptionTypes")
    return {**rule, "blockedEncryptionTypes": blocked["encryptionType"]} if blocked else rule


@setting("PublicAccessBlock", "skipDestroy")
def public_access_block(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(s3.get_public_access_block, Bucket=bucket)
    if not found:
        return None
    blocks = found["PublicAccessBlockConfiguration"]
    return {f"{name[0].lower()}{name[1:]}": bool(blocks.get(name)) for name in BLOCKS}


@setting("Policy")
def policy(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(s3.get_bucket_policy, Bucket=bucket)
    return {"policy": same_json(known.get("policy"), found["Policy"])} if found else None


@setting("OwnershipControls")
def ownership_controls(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(s3.get_bucket_ownership_controls, Bucket=bucket)
    rules = found["OwnershipControls"]["Rules"] if found else []
    return {"rule": pick(rules[0], "ObjectOwnership")} if rules else None


@setting("LifecycleConfiguration", "expectedBucketOwner transitionDefaultMinimumObjectSize timeouts")
def lifecycle(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(s3.get_bucket_lifecycle_configuration, Bucket=bucket)
    if not found:
        return None
    return {"rules": LIFECYCLE.to_props(found["Rules"]), **pick(found, "TransitionDefaultMinimumObjectSize")}


@setting("Logging", "expectedBucketOwner targetObjectKeyFormat")
def logging(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = s3.get_bucket_logging(Bucket=bucket).get("LoggingEnabled")
    return {"targetPrefix": "", **LOGGING.to_props(found)} if found else None


@setting("ObjectLockConfiguration", "expectedBucketOwner token")
def object_lock(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(s3.get_object_lock_configuration, Bucket=bucket)
    lock: Props = camel(found["ObjectLockConfiguration"]) if found else {}
    if not lock.get("objectLockEnabled"):
        return None
    if "rule" in lock:  # 0: the unit is not used
        retention = {name: value for name, value in lock["rule"]["defaultRetention"].items() if value}
        lock["rule"] = {"defaultRetention": retention}
    return lock


@setting("ReplicationConfig", "token")
def replication(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(s3.get_bucket_replication, Bucket=bucket)
    if not found:
        return None
    live = found["ReplicationConfiguration"]
    return {"role": live["Role"], "rules": REPLICATION.to_props(live["Rules"])}


@setting("Notification")
def notification(s3: Any, bucket: str, known: Mapping[str, Any]) -> Props | None:
    found = s3.get_bucket_notification_configuration(Bucket=bucket)
    result: Props = {"eventbridge": "EventBridgeConfiguration" in found}
    for name, (listed, address, key) in DESTINATIONS.items():
        if items := found.get(listed):
            result[name] = [{address: item[key], **_events(item)} for item in items]
    return result


def _events(item: Mapping[str, Any]) -> Props:
    rules = item.get("Filter", {}).get("Key", {}).get("FilterRules", ())
    prefixes = {f"filter{rule['Name'].capitalize()}": rule["Value"] for rule in rules}
    return {"events": item["Events"], "id": item.get("Id"), **prefixes}
