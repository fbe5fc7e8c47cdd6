"""A record that can be erased proves nothing."""

from collections.abc import Iterator
from typing import Any

from policies.data_class import data_class_of
from policies.facts import Facts
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Break, Case, Family, Finding, Guard, Requirement, Rule, Scope, Severity
from policies.rules.logging._common import BUCKETS, LIFECYCLE, TRAIL, is_adopted

LOCKS = (
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
)
SHORTEST_DAYS = 365
MODE, DAYS, YEARS = (f"rule.defaultRetention.{each}" for each in ("mode", "days", "years"))
EXPIRY = "rules[*].expiration.days"

RULE = Rule(
    id="log-audit-lock",
    title="The audit bucket is locked for as long as agreed, a year at least",
    severity=Severity.CRITICAL,
    family=Family.LOGGING,
    applies_to=BUCKETS,
    requirement=Requirement.AUDIT,
    why="Whoever gets administrator rights deletes the trail first; a lock in COMPLIANCE stops the root user, too.",
    remedy="use components.storage, whose audit bucket is locked in COMPLIANCE for retention.audit days",
    frameworks={"SOC 2": ("CC7.2", "C1.2"), "ISO 27001": ("A.5.33", "A.8.15")},
    scope=Scope.STACK,
    guards=(
        Guard(type=LOCKS[0], drop=True),
        Guard(type=LOCKS[0], path=MODE, breaks=(Break.REMOVE,), values=("GOVERNANCE",)),
        Guard(type=LOCKS[0], path=DAYS, breaks=(Break.REMOVE,), values=(30,)),
        Guard(type=BUCKETS[0], add=({"bucket": "trails", "tags": {"codekeep:data-class": "audit"}},)),
    ),
)


@RULE.check
def is_locked(node: Node, case: Case) -> Iterator[Finding]:
    trails = case.graph.referrers(node, "s3BucketName", TRAIL)
    if is_adopted(node) or not (trails or data_class_of(node) == "audit"):
        return
    yield from RULE.require(node, "forceDestroy", lambda on: on is False, "must be false", optional=True)
    locks = case.graph.referrers(node, "bucket", *LOCKS)
    if not locks:
        yield RULE.violation(node, "objectLockEnabled", "no Object Lock configuration is set")
    for lock in locks:
        yield from _lock(lock, case.facts)
    least = _least_days(case.facts)
    for lifecycle in case.graph.referrers(node, "bucket", *LIFECYCLE):
        yield from RULE.require(
            lifecycle, EXPIRY, lambda days: days >= least, f"must be {least} days or more", optional=True
        )


def _lock(lock: Node, facts: Facts) -> Iterator[Finding]:
    modes = ("COMPLIANCE", "GOVERNANCE") if facts.audit_lock == "governance" else ("COMPLIANCE",)
    yield from RULE.require(lock, MODE, lambda mode: mode in modes, f"must be {' or '.join(modes)}")
    least = _least_days(facts)
    years: Any = first(lock.inputs, YEARS)
    if isinstance(years, (int, float)):
        yield from RULE.require(lock, YEARS, lambda value: value * 365 >= least, f"must come to {least} days or more")
    else:
        path = YEARS if years is not MISSING else DAYS
        yield from RULE.require(lock, path, lambda days: days >= least, f"must be {least} days or more")


def _least_days(facts: Facts) -> int:
    return facts.retention_days.get("audit") or SHORTEST_DAYS
