"""A recovery region is worth what has been copied there."""

from collections.abc import Iterator

from policies.data_class import data_class_of
from policies.graph import Node
from policies.graph.model import BUCKET_TYPES
from policies.reading import Found, first, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.data_life._common import KEPT, companions, unknown_class

REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
COPIED = ("index", "model", "eval", "prompt", "audit")  # clones come from the Git host again; logs belong to a region

RULE = Rule(
    id="recovery-copies",
    title="Where a recovery region is agreed, every bucket that a restore needs is copied there, deletions too",
    severity=Severity.HIGH,
    family=Family.DATA_LIFE,
    applies_to=(*BUCKET_TYPES, REPLICATION),
    requirement=Requirement.RETENTION,
    why="A restore finds what replication brought; what was deleted at home must not live on there.",
    remedy="replicate with components.storage.replication",
    frameworks={**KEPT, "ISO 27001": ("A.5.29", "A.8.13", "A.8.14")},
    scope=Scope.STACK,
)


@RULE.check
def is_copied(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == REPLICATION:
        yield from _whole(node)
        return
    recovery = case.facts.recovery_region
    if not recovery or node.region == recovery:
        return
    yield from unknown_class(RULE, node)
    if data_class_of(node) not in COPIED:
        return
    copies = companions(node, case.graph, REPLICATION)
    if not copies:
        yield RULE.violation(node, "", f"has no replication to {recovery}")
    for copy in copies:
        yield from _destination(copy, recovery, case)


def _whole(node: Node) -> Iterator[Finding]:
    """Rules of the first version, without a filter, copy delete markers by themselves."""
    yield from RULE.require(node, "rules[*].status", lambda status: status == "Enabled", "must be Enabled")
    for found in read(node.inputs, "rules[*]"):
        if not found.known:
            yield RULE.undecided(node, found.path)
            continue
        if first(node.inputs, f"{found.path}.filter"):
            yield from RULE.require(
                node,
                f"{found.path}.filter.prefix",
                lambda prefix: prefix == "",
                "must take in all objects",
                optional=True,
            )
            path = f"{found.path}.deleteMarkerReplication.status"
            yield from RULE.require(node, path, lambda status: status == "Enabled", "must be Enabled")
        path = f"{found.path}.sourceSelectionCriteria.sseKmsEncryptedObjects.status"
        yield from RULE.require(
            node, path, lambda status: status == "Enabled", "must be Enabled: else S3 skips what is under a KMS key"
        )


def _destination(copy: Node, recovery: str, case: Case) -> Iterator[Finding]:
    """Where the destination is a bucket of the stack, it must be one of the recovery region."""
    buckets = case.graph.references(copy, "rules", *BUCKET_TYPES)
    regions = {bucket.region for bucket in buckets}
    path = "rules[0].destination.bucket"
    found: Found = next(iter(read(copy.inputs, path)))
    if not regions or None in regions:
        yield RULE.undecided(copy, path, f"the region of {found.value!r} is not known")
    elif recovery not in regions:
        yield RULE.violation(copy, path, f"copies to {', '.join(sorted(filter(None, regions)))}, not to {recovery}")
