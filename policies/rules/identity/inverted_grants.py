"""Allow with NotAction, NotResource or NotPrincipal grants everything that somebody forgot to name."""

from collections.abc import Iterator

from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

KINDS = tuple(Kind)

RULE = Rule(
    id="inverted-grants",
    title="No policy allows by exclusion",
    severity=Severity.HIGH,
    family=Family.IDENTITY,
    applies_to=types_with(*KINDS),
    requirement=Requirement.ACCESS_CONTROL,
    why="All but the named is allowed then: new actions, new resources and every stranger are in it.",
    remedy="name what is allowed, and refuse in a Deny what must never be",
    frameworks={"CIS AWS": ("1.16",), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.8.3")},
)


@RULE.check
def nothing_by_exclusion(node: Node, _: Case) -> Iterator[Finding]:
    yield from judge_allowed(RULE, node, KINDS, lambda statement: _inverted(node, statement))


def _inverted(node: Node, statement: Statement) -> Iterator[Finding]:
    excluded = {
        "NotAction": statement.not_actions,
        "NotResource": statement.not_resources,
        "NotPrincipal": [principal.value for principal in statement.not_principals],
    }
    for element, values in excluded.items():
        if values:
            yield RULE.violation(node, f"{statement.path}.{element}", f"allows all but {', '.join(values)}")
