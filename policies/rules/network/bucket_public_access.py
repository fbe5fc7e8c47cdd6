"""Public access is switched off apart from policies, so that no policy can switch it on."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.model import BUCKET_TYPES
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import FRAMEWORKS

BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
ACLS = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2")
ACCESS_POINT = "aws:s3/accessPoint:AccessPoint"
SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read", "website")

RULE = Rule(
    id="bucket-public-access",
    title="Every bucket blocks public access, all four ways",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(*BUCKET_TYPES, BLOCK, ACCOUNT_BLOCK, *ACLS, ACCESS_POINT),
    requirement=Requirement.ISOLATION,
    why="A bucket is on the internet; the block is what stands between a wrong policy and everybody.",
    remedy="set all four switches of a BucketPublicAccessBlock, as components.storage.bucket does",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.1.4",), "SOC 2": ("CC6.1", "CC6.6")},
    scope=Scope.STACK,
)


@RULE.check
def blocks_public_access(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in BUCKET_TYPES and not _blocked(node, case):
        yield RULE.violation(node, "", "has no BucketPublicAccessBlock")
    if node.type in (*BUCKET_TYPES, *ACLS):
        yield from RULE.require(
            node, "acl", lambda acl: acl not in PUBLIC_ACLS, "must not let the public in", optional=True
        )
    for switch in SWITCHES:
        if node.type in (BLOCK, ACCOUNT_BLOCK):
            yield from RULE.require(node, switch, lambda value: value is True, "must be true")
        elif node.type == ACCESS_POINT:
            path = f"publicAccessBlockConfiguration.{switch}"
            yield from RULE.require(node, path, lambda value: value is True, "must be true", optional=True)


def _blocked(bucket: Node, case: Case) -> bool:
    """By its own block, or by one over the whole account; whether that is complete is judged at the block."""
    account_wide = case.graph.of_type(ACCOUNT_BLOCK)
    whole = any(all(first(block.inputs, switch) is not MISSING for switch in SWITCHES) for block in account_wide)
    return whole or bool(case.graph.referrers(bucket, "bucket", BLOCK))
