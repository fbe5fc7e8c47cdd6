"""Buckets contain clones, snapshots of the index, weights, prompts and the audit."""

from collections.abc import Iterator, Mapping

from policies.data_class import CUSTOMER_DATA, data_class_of
from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph
from policies.reading import MISSING, Found, read
from policies.rule import Case, Finding, Requirement, Scope, Severity, encryption_rule, examine
from policies.rules._types import BALANCERS, BUCKET_LOGGING, BUCKETS
from policies.rules.encryption._at_rest import FRAMEWORKS, OWN_KEY

ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
KMS = ("aws:kms", "aws:kms:dsse")
DEFAULT = "rules[*].applyServerSideEncryptionByDefault"
INLINE = "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault"

RULE = encryption_rule(
    id="cmk-buckets",
    title="Every bucket encrypts with the keep's own keys by default",
    severity=Severity.HIGH,
    applies_to=BUCKETS,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="S3's own key protects against nobody who may read the bucket, and the customer cannot withdraw it.",
    remedy="use components.storage.bucket, which names the key of the bucket's data class",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def encrypts_by_default(node: Node, case: Case) -> Iterator[Finding]:
    if _receives_logs(node, case.graph):
        return  # S3 and load balancers deliver no logs into a bucket under a customer's key
    holders = case.graph.referrers(node, "bucket", *ENCRYPTION)
    for holder, path in [(each, DEFAULT) for each in holders] or [(node, INLINE)]:
        for found in read(holder.inputs, path):
            yield from _default(holder, found)


def _default(holder: Node, found: Found) -> Iterator[Finding]:
    examine(holder, found)
    default = found.value if isinstance(found.value, Mapping) else {}
    algorithm, key = default.get("sseAlgorithm"), default.get("kmsMasterKeyId")
    if not found.known or any(value is UNKNOWN or value is SECRET for value in default.values()):
        yield RULE.undecided(holder, found.path)
    elif found.value is MISSING:
        yield RULE.violation(holder, found.path, "not set: must be aws:kms with the keep's own key")
    elif algorithm not in KMS:
        yield RULE.violation(holder, f"{found.path}.sseAlgorithm", f"got {algorithm!r}: must be aws:kms")
    elif not key or not OWN_KEY.holds(key):
        yield RULE.violation(holder, f"{found.path}.kmsMasterKeyId", f"got {key!r}: {OWN_KEY.allowed}")


def _receives_logs(bucket: Node, graph: ResourceGraph) -> bool:
    if data_class_of(bucket) in CUSTOMER_DATA:
        return False
    return bool(graph.referrers(bucket, "targetBucket", *BUCKET_LOGGING)) or any(
        balancer.inputs["accessLogs"].get("enabled") is not False
        for balancer in graph.referrers(bucket, "accessLogs", *BALANCERS)
    )
