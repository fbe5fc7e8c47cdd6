"""A key that never rotates makes one leak permanent."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

KEY = "aws:kms/key:Key"
SIGNING = "SIGN_VERIFY"  # no data lies under such a key, and KMS does not rotate it
SHORTEST_DAYS, LONGEST_DAYS = 90, 730

RULE = Rule(
    id="key-rotation",
    title="Every key that data lies under rotates at least every two years",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(KEY,),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="What one leaked key opens must end with that key's next rotation.",
    remedy="create keys with components.keys.TenantKeys, which rotates them",
    frameworks={"CIS AWS": ("3.6",), "SOC 2": ("CC6.1",), "ISO 27001": ("A.8.24",)},
)


@RULE.check
def rotates(node: Node, _: Case) -> Iterator[Finding]:
    if first(node.inputs, "keyUsage") == SIGNING:
        return
    yield from RULE.require(node, "enableKeyRotation", lambda value: value is True, "must be true")
    yield from RULE.require(
        node,
        "rotationPeriodInDays",
        lambda days: SHORTEST_DAYS <= days <= LONGEST_DAYS,
        f"must be {SHORTEST_DAYS} to {LONGEST_DAYS} days",
        optional=True,  # KMS's default is 365
    )
