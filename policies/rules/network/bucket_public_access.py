"""The block of public access overrides policies, so that no policy can open a bucket."""

from collections.abc import Iterator

from policies.conditions import TRUE, Expectation, none_of
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules._types import BUCKETS
from policies.rules.network._common import FRAMEWORKS

BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ALL_ON = tuple(Expectation(switch, TRUE) for switch in SWITCHES)
NO_PUBLIC_ACL = (
    Expectation("acl", none_of("public-read", "public-read-write", "authenticated-read", "website"), optional=True),
)

RULE = network_rule(
    id="bucket-public-access",
    title="Every bucket blocks public access, all four ways",
    severity=Severity.CRITICAL,
    requirement=Requirement.ISOLATION,
    why="A bucket is on the internet; the block is what stands between a wrong policy and everybody.",
    remedy="set all four switches of a BucketPublicAccessBlock, as components.storage.bucket does",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.1.4",), "SOC 2": ("CC6.1", "CC6.6")},
    scope=Scope.STACK,
    expects={
        **dict.fromkeys(BUCKETS, NO_PUBLIC_ACL),
        BLOCK: ALL_ON,
        ACCOUNT_BLOCK: ALL_ON,
        **dict.fromkeys(("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2"), NO_PUBLIC_ACL),
        "aws:s3/accessPoint:AccessPoint": tuple(
            Expectation(f"publicAccessBlockConfiguration.{switch}", TRUE, optional=True) for switch in SWITCHES
        ),
    },
)


@RULE.check
def has_a_block(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in BUCKETS and not _is_blocked(node, case):
        yield RULE.violation(node, "", "has no BucketPublicAccessBlock")


def _is_blocked(bucket: Node, case: Case) -> bool:
    """Whether it has a block of its own, or a complete one covers the account; what a block says is judged there."""
    complete = any(
        all(first(block.inputs, switch) is not MISSING for switch in SWITCHES)
        for block in case.graph.of_type(ACCOUNT_BLOCK)
    )
    return complete or bool(case.graph.referrers(bucket, "bucket", BLOCK))
