"""Deleting a key deletes everything that it encrypts; the window is the time to notice."""

from collections.abc import Iterator

from policies.conditions import between
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, encryption_rule
from policies.rules._types import KEY, REPLICA_KEY

SHORTEST_DAYS = 14  # where nothing is agreed

RULE = encryption_rule(
    id="key-deletion-window",
    title="A key's deletion can be cancelled for as long as agreed, or two weeks",
    severity=Severity.MEDIUM,
    applies_to=(
        KEY,
        REPLICA_KEY,
        "aws:kms/externalKey:ExternalKey",
        "aws:kms/replicaExternalKey:ReplicaExternalKey",
    ),
    requirement=Requirement.RETENTION,
    why="Within the window an alarm is answered and the deletion cancelled; afterwards the keep's data is lost.",
    remedy="set keys.deletion_window_days to 14 to 30",
    frameworks={"CIS AWS": ("4.7",), "SOC 2": ("A1.2",), "ISO 27001": ("A.8.24", "A.8.13")},
)


@RULE.check
def leaves_time(node: Node, case: Case) -> Iterator[Finding]:
    least = case.facts.key_deletion_days or SHORTEST_DAYS
    allowed = between(least, unit="days", text=True)
    yield from RULE.require(node, "deletionWindowInDays", allowed, optional=True)  # KMS's default is 30
