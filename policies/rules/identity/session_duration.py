"""A session that lasts half a day is a key that lasts half a day."""

from collections.abc import Iterator

from policies.documents import ROLE
from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

LONGEST_SECONDS = 14_400

RULE = Rule(
    id="session-duration",
    title="Sessions of roles end within four hours",
    severity=Severity.LOW,
    family=Family.IDENTITY,
    applies_to=(ROLE,),
    requirement=Requirement.ACCESS_CONTROL,
    why="The keys of a session cannot be taken back; they only end.",
    remedy=f"leave maxSessionDuration out (an hour), or set at most {LONGEST_SECONDS}",
    frameworks={"SOC 2": ("CC6.1",), "ISO 27001": ("A.5.17", "A.5.18", "A.8.5")},
)


@RULE.check
def ends_soon(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(
        node,
        "maxSessionDuration",
        lambda seconds: int(seconds) <= LONGEST_SECONDS,
        f"must be at most {LONGEST_SECONDS} seconds",
        optional=True,  # AWS's default is an hour
    )
