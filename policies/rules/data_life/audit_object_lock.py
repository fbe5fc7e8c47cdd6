"""An audit trail that its subject can delete is none."""

from collections.abc import Iterator

from policies.data_class import data_class_of
from policies.graph import Node, ResourceGraph
from policies.graph.model import BUCKET_TYPES
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.data_life._common import agreed_days, companions, number, unknown_class

LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
LOCKS = (LOCK, "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2")
TRAIL = "aws:cloudtrail/trail:Trail"
RETENTION = "rule.defaultRetention"
MODES = ("COMPLIANCE", "GOVERNANCE")

RULE = Rule(
    id="audit-object-lock",
    title="Audit buckets are under Object Lock for as long as the audit trail is to be kept",
    severity=Severity.CRITICAL,
    family=Family.DATA_LIFE,
    applies_to=BUCKET_TYPES,
    requirement=Requirement.AUDIT,
    why="Whoever took over the account would begin by erasing how.",
    remedy="set retention.audit and retention.audit_lock in the spec; components.storage locks the bucket by them",
    frameworks={"SOC 2": ("CC7.2", "CC7.3"), "ISO 27001": ("A.5.33", "A.8.15")},
    scope=Scope.STACK,
)


@RULE.check
def is_locked(node: Node, case: Case) -> Iterator[Finding]:
    yield from unknown_class(RULE, node)
    if data_class_of(node) != "audit" and node.urn not in case.graph.derived(_trail_buckets):
        return
    locks = companions(node, case.graph, *LOCKS)
    if not locks:
        yield RULE.violation(node, "objectLockConfiguration", "holds the audit trail and is under no Object Lock")
    yield from RULE.require(node, "objectLockEnabled", lambda value: value is True, "must be true: S3 locks from birth")
    for lock in locks:
        yield from _retention(lock, case)


def _retention(lock: Node, case: Case) -> Iterator[Finding]:
    agreed = (case.facts.audit_lock or "").upper()
    modes = MODES[:1] if agreed == MODES[0] else MODES
    yield from RULE.require(lock, f"{RETENTION}.mode", lambda mode: mode in modes, f"must be {' or '.join(modes)}")
    least = agreed_days("audit", case) or 1
    if first(lock.inputs, f"{RETENTION}.years") is not MISSING:
        yield from RULE.require(
            lock, f"{RETENTION}.years", lambda years: number(years) * 365 >= least, f"must be {least} days or more"
        )
    else:
        yield from RULE.require(
            lock, f"{RETENTION}.days", lambda days: number(days) >= least, f"must be {least} or more"
        )


def _trail_buckets(graph: ResourceGraph) -> frozenset[str]:
    return frozenset(
        bucket.urn
        for trail in graph.of_type(TRAIL)
        for bucket in graph.references(trail, "s3BucketName", *BUCKET_TYPES)
    )
