"""An audit trail that its subject can delete is none."""

from collections.abc import Iterator

from policies.conditions import TRUE, Condition, between, number, one_of
from policies.data_class import data_class_of
from policies.graph import Node, ResourceGraph
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, data_life_rule
from policies.rules._types import BUCKETS, TRAIL
from policies.rules.data_life._common import agreed_days, companions, unknown_class

LOCKS = (
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
)
RETENTION = "rule.defaultRetention"

RULE = data_life_rule(
    id="audit-object-lock",
    title="Audit buckets are under Object Lock for as long as the audit trail is to be kept",
    severity=Severity.CRITICAL,
    applies_to=BUCKETS,
    requirement=Requirement.AUDIT,
    why="Whoever took over the account would first erase how they did it.",
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
        yield RULE.violation(node, "objectLockConfiguration", "contains the audit trail and is under no Object Lock")
    yield from RULE.require(node, "objectLockEnabled", TRUE.because("S3 locks a bucket from its creation"))
    for lock in locks:
        yield from _retention(lock, case)


def _retention(lock: Node, case: Case) -> Iterator[Finding]:
    compliance = case.facts.audit_lock == "compliance"
    modes = one_of("COMPLIANCE") if compliance else one_of("COMPLIANCE", "GOVERNANCE")
    yield from RULE.require(lock, f"{RETENTION}.mode", modes)
    least = agreed_days("audit", case) or 1
    if first(lock.inputs, f"{RETENTION}.years") is MISSING:
        yield from RULE.require(lock, f"{RETENTION}.days", between(least, text=True))
    else:
        years = Condition(lambda value: number(value) * 365 >= least, f"must be {least} days or more")
        yield from RULE.require(lock, f"{RETENTION}.years", years)


def _trail_buckets(graph: ResourceGraph) -> frozenset[str]:
    return frozenset(
        bucket.urn for trail in graph.of_type(TRAIL) for bucket in graph.references(trail, "s3BucketName", *BUCKETS)
    )
