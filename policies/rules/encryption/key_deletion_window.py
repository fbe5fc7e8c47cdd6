"""A key's deletion is the deletion of all that it encrypts; the window is the time to notice."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

KEY = "aws:kms/key:Key"
TYPES = (
    KEY,
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)
SHORTEST_DAYS = 14  # where nothing is agreed

RULE = Rule(
    id="key-deletion-window",
    title="A key's deletion can be taken back for as long as agreed, or two weeks",
    severity=Severity.MEDIUM,
    family=Family.ENCRYPTION,
    applies_to=TYPES,
    requirement=Requirement.RETENTION,
    why="Within the window an alarm is answered and the deletion cancelled; afterwards the keep's data is lost.",
    remedy="set keys.deletion_window_days to 14 to 30",
    frameworks={"CIS AWS": ("4.7",), "SOC 2": ("A1.2",), "ISO 27001": ("A.8.24", "A.8.13")},
)


@RULE.check
def leaves_time(node: Node, case: Case) -> Iterator[Finding]:
    least = case.facts.key_deletion_days or SHORTEST_DAYS
    yield from RULE.require(
        node,
        "deletionWindowInDays",
        lambda days: days >= least,
        f"must be {least} days or more",
        optional=True,  # AWS: 30
    )
