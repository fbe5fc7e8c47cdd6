"""What S3 refuses of buckets: policies, versions, locks, replicas and lifecycles."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from sandbox.aws.refusals.policy import listed, missing_principals, principals, statements
from sandbox.aws.refusals.refusal import Call, Words, refusal

POLICY_BYTES = 20_480
INFREQUENT, INFREQUENT_DAYS = frozenset({"STANDARD_IA", "ONEZONE_IA"}), 30
LIFECYCLE = "PutBucketLifecycleConfiguration"


@refusal(
    "s3",
    "PutBucketReplication",
    code="InvalidRequest",
    source="nozaq/terraform-aws-remote-state-s3-backend issue 107, 2023-02-01",
    reported=True,
)
def replication_needs_versions_at_the_destination(call: Call) -> Words:
    for rule in call.items("ReplicationConfiguration.Rules"):
        bucket = str(rule.get("Destination", {}).get("Bucket", "")).rpartition(":")[2]
        if not _versioned(call, bucket):
            return "Destination bucket must have versioning enabled."
    return None


@refusal(
    "s3",
    "PutBucketReplication",
    code="InvalidRequest",
    source="S3 user guide, Requirements for replication: both buckets must have versioning enabled; words: moto 5.2.5",
)
def replication_needs_versions_at_the_source(call: Call) -> Words:
    if _versioned(call, call.get("Bucket")):
        return None
    return "Versioning must be 'Enabled' on the bucket to apply a replication configuration"


@refusal(
    "s3",
    "PutObjectLockConfiguration",
    code="InvalidBucketState",
    source="S3 user guide, Object Lock considerations: Object Lock works only in buckets that have versioning enabled",
)
def object_lock_needs_versions(call: Call) -> Words:
    if call.get("ObjectLockConfiguration") is None or _versioned(call, call.get("Bucket")):
        return None
    return "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"


@refusal(
    "s3",
    "PutBucketVersioning",
    code="InvalidBucketState",
    source="S3 user guide, Object Lock considerations: versioning cannot be suspended where Object Lock is enabled",
)
def versions_of_locked_buckets(call: Call) -> Words:
    if call.get("VersioningConfiguration.Status") != "Suspended" or not _locked(call, call.get("Bucket")):
        return None
    return "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."


@refusal(
    "s3",
    "PutObjectLockConfiguration",
    code="MalformedXML",
    source="botocore 1.44.5, s3 PutObjectLockConfiguration: You cannot specify Days and Years at the same time",
)
def default_retention_in_one_unit(call: Call) -> Words:
    retention = call.get("ObjectLockConfiguration.Rule.DefaultRetention")
    if retention is None or ("Days" in retention) != ("Years" in retention):
        return None
    return "The XML you provided was not well-formed or did not validate against our published schema"


@refusal(
    "s3",
    LIFECYCLE,
    code="InvalidArgument",
    source=(
        "S3 user guide, Transitioning objects: 30 days before S3 Standard-IA; terraform-provider-aws pull request 6201"
    ),
)
def early_transitions(call: Call) -> Words:
    for rule in _rules(call):
        for each in rule.get("Transitions", ()):
            if each.get("StorageClass") in INFREQUENT and each.get("Days", INFREQUENT_DAYS) < INFREQUENT_DAYS:
                return (
                    f"'Days' in Transition action must be greater than or equal to {INFREQUENT_DAYS} for storageClass "
                    f"'{each['StorageClass']}'"
                )
    return None


@refusal(
    "s3",
    LIFECYCLE,
    code="InvalidArgument",
    source="S3 user guide, Lifecycle configuration elements: an expiration must be later than every transition",
)
def expiry_before_transition(call: Call) -> Words:
    for rule in _rules(call):
        expiry = rule.get("Expiration", {}).get("Days")
        moves = [each["Days"] for each in rule.get("Transitions", ()) if "Days" in each]
        if expiry is not None and moves and expiry <= max(moves):
            return "'Days' in the Expiration action must be greater than 'Days' in the Transition action"
    return None


@refusal(
    "s3",
    LIFECYCLE,
    code="InvalidRequest",
    source="S3 user guide, Lifecycle configuration elements: no tag filter with AbortIncompleteMultipartUpload",
)
def aborts_by_tag(call: Call) -> Words:
    for rule in _rules(call):
        found = rule.get("Filter", {})
        if "AbortIncompleteMultipartUpload" in rule and ("Tag" in found or found.get("And", {}).get("Tags")):
            return "AbortIncompleteMultipartUpload cannot be specified with Tags."
    return None


@refusal(
    "s3",
    "PutBucketPolicy",
    code="MalformedPolicy",
    source="S3 user guide, Policies in S3: a bucket policy's resources are the bucket and its objects",
)
def resources_of_bucket_policy(call: Call) -> Words:
    suffix = f":::{call.get('Bucket')}"
    for statement in statements(call.get("Policy")):
        for resource in listed(statement.get("Resource")):
            name = str(resource)
            if not (name.endswith(suffix) or f"{suffix}/" in name or "*" in name.partition("/")[0]):
                return "Policy has invalid resource"
    return None


@refusal(
    "s3",
    "PutBucketPolicy",
    code="MalformedPolicy",
    source="S3 user guide, Bucket policies: limited to 20 KB",
)
def size_of_bucket_policy(call: Call) -> Words:
    length = len(str(call.get("Policy") or "").encode())
    return f"The policy has {length} bytes, at most {POLICY_BYTES} are allowed." if length > POLICY_BYTES else None


@refusal(
    "s3",
    "PutBucketPolicy",
    code="MalformedPolicy",
    source="S3 user guide, Bucket policy errors: a principal of an account must exist when the policy is saved",
)
def principals_of_bucket_policy(call: Call) -> Words:
    missing = next(missing_principals(call, call.get("Policy")), None)
    return "Invalid principal in policy" if missing else None


@refusal(
    "s3",
    "PutBucketPolicy",
    code="AccessDenied",
    source=(
        "S3 user guide, Blocking public access: BlockPublicPolicy rejects calls to PUT Bucket policy that allow "
        "public access"
    ),
)
def public_policy_of_closed_bucket(call: Call) -> Words:
    public = any(
        each.get("Effect") == "Allow" and "*" in principals(each, "AWS") and not each.get("Condition")
        for each in statements(call.get("Policy"))
    )
    if not public:
        return None
    blocked = _read(call, "get_public_access_block", call.get("Bucket")).get("PublicAccessBlockConfiguration", {})
    return "Access Denied" if blocked.get("BlockPublicPolicy") else None


def _rules(call: Call) -> list[Any]:
    return call.items("LifecycleConfiguration.Rules")


def _versioned(call: Call, bucket: str) -> bool:
    return bool(_read(call, "get_bucket_versioning", bucket).get("Status") == "Enabled")


def _locked(call: Call, bucket: str) -> bool:
    lock = _read(call, "get_object_lock_configuration", bucket).get("ObjectLockConfiguration", {})
    return bool(lock.get("ObjectLockEnabled") == "Enabled")


def _read(call: Call, operation: str, bucket: str) -> Mapping[str, Any]:
    """What S3 says of a bucket; empty where it has none of it. A bucket that does not exist is for the call to say."""
    try:
        found: Mapping[str, Any] = getattr(call.client("s3"), operation)(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in {
            "NoSuchPublicAccessBlockConfiguration",
            "ObjectLockConfigurationNotFoundError",
            "NoSuchBucket",
        }:
            return {}
        raise
    return found
