"""Buckets hold clones, snapshots of the index, weights, prompts and the audit."""

from collections.abc import Iterator, Sequence

from policies.data_class import CUSTOMER_DATA, data_class_of
from policies.graph import Node, ResourceGraph
from policies.reading import MISSING, Found, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.encryption._keys import FRAMEWORKS, MANAGED_ALIAS

BUCKET, BUCKET_V2 = "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
ENCRYPTION_V2 = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
LOGGING = ("aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2")
BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
KMS = ("aws:kms", "aws:kms:dsse")
DEFAULT = "rules[*].applyServerSideEncryptionByDefault"
INLINE = "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault"

RULE = Rule(
    id="cmk-buckets",
    title="Every bucket encrypts with the keep's own keys by default",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(BUCKET, BUCKET_V2),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="S3's own key encrypts against nobody who may read the bucket, and the customer cannot withdraw it.",
    remedy="use components.storage.bucket, which names the key of the bucket's data class",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def encrypts_by_default(node: Node, case: Case) -> Iterator[Finding]:
    if _takes_delivered_logs(node, case.graph):
        return  # S3 and load balancers deliver no logs into a bucket under a customer's key
    holders = case.graph.referrers(node, "bucket", ENCRYPTION, ENCRYPTION_V2)
    for holder in holders:
        yield from _defaults(holder, DEFAULT)
    if not holders:
        yield from _defaults(node, INLINE)


def _defaults(holder: Node, path: str) -> Iterator[Finding]:
    for found in read(holder.inputs, path):
        yield from _default(holder, found)


def _default(holder: Node, found: Found) -> Iterator[Finding]:
    values: Sequence[object] = [] if not found.known or found.value is MISSING else list(found.value.values())
    if not found.known:
        yield RULE.undecided(holder, found.path)
    elif found.value is MISSING:
        yield RULE.violation(holder, found.path, "not set: must be aws:kms with the keep's own key")
    elif any(not Found(found.path, value).known for value in values):
        yield RULE.undecided(holder, found.path)
    elif found.value.get("sseAlgorithm") not in KMS:
        got = found.value.get("sseAlgorithm")
        yield RULE.violation(holder, f"{found.path}.sseAlgorithm", f"got {got!r}: must be aws:kms")
    elif not found.value.get("kmsMasterKeyId") or MANAGED_ALIAS in found.value["kmsMasterKeyId"]:
        got = found.value.get("kmsMasterKeyId")
        yield RULE.violation(holder, f"{found.path}.kmsMasterKeyId", f"got {got!r}: must be the keep's own key")


def _takes_delivered_logs(bucket: Node, graph: ResourceGraph) -> bool:
    if data_class_of(bucket) in CUSTOMER_DATA:
        return False
    balancers = [
        each
        for each in graph.referrers(bucket, "accessLogs", *BALANCERS)
        if each.inputs["accessLogs"].get("enabled") is not False
    ]
    return bool(graph.referrers(bucket, "targetBucket", *LOGGING) or balancers)
