"""A deleted secret is a keep that cannot read its repositories any more."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.data_life._common import KEPT, number

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type token
LEAST_DAYS = 7

RULE = Rule(
    id="secret-recovery",
    title="A deleted secret can be brought back for a week at least",
    severity=Severity.MEDIUM,
    family=Family.DATA_LIFE,
    applies_to=(SECRET,),
    requirement=Requirement.RETENTION,
    why="A window of 0 deletes at once, together with the only copy of the customer's token.",
    remedy="leave recovery_window_in_days at 30, as components.keys.secret_slot does",
    frameworks=KEPT,
)


@RULE.check
def can_be_brought_back(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(
        node,
        "recoveryWindowInDays",
        lambda days: number(days) >= LEAST_DAYS,
        f"must be {LEAST_DAYS} or more",
        optional=True,
    )
