"""S3 answers plain HTTP unless the bucket's policy denies it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, encryption_rule
from policies.rules._types import BUCKETS
from policies.rules.encryption._refusals import covers_bucket, denied, denies_plain_http

RULE = encryption_rule(
    id="tls-buckets",
    title="Every bucket refuses plain HTTP",
    severity=Severity.HIGH,
    applies_to=BUCKETS,
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="A client configured with http:// sends clones and snapshots in clear, and nothing complains.",
    remedy="use components.storage.bucket, whose policy denies s3:* where aws:SecureTransport is false",
    frameworks={"CIS AWS": ("2.1.1",), "SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
    scope=Scope.STACK,
)


@RULE.check
def refuses_plain_http(node: Node, case: Case) -> Iterator[Finding]:
    yield from denied(
        RULE,
        node,
        (node, *case.graph.referrers(node, "bucket", "aws:s3/bucketPolicy:BucketPolicy")),
        lambda statement: denies_plain_http(statement, {"*", "s3:*"}) and covers_bucket(statement.resources),
        "no bucket policy denies s3:* on bucket and objects where aws:SecureTransport is false",
    )
