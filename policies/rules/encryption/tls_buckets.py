"""S3 answers plain HTTP unless the bucket's policy refuses it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.encryption._refusals import covers_bucket, refused, refuses_plain

BUCKET, BUCKET_V2 = "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"

RULE = Rule(
    id="tls-buckets",
    title="Every bucket refuses plain HTTP",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(BUCKET, BUCKET_V2),
    requirement=Requirement.ENCRYPTION_IN_TRANSIT,
    why="A client that was configured with http:// sends clones and snapshots in clear, and nothing complains.",
    remedy="use components.storage.bucket, whose policy denies s3:* where aws:SecureTransport is false",
    frameworks={"CIS AWS": ("2.1.1",), "SOC 2": ("CC6.7",), "ISO 27001": ("A.8.20", "A.8.24")},
    scope=Scope.STACK,
)


@RULE.check
def refuses_plain_http(node: Node, case: Case) -> Iterator[Finding]:
    yield from refused(
        RULE,
        node,
        (node, *case.graph.referrers(node, "bucket", POLICY)),
        lambda statement: refuses_plain(statement, {"*", "s3:*"}) and covers_bucket(statement.resources),
        "no bucket policy denies s3:* on bucket and objects where aws:SecureTransport is false",
    )
