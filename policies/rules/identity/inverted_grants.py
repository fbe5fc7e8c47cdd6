"""Allow with NotAction, NotResource or NotPrincipal grants everything that somebody forgot to name."""

from collections.abc import Iterator

from policies.documents import Kind, Statement, check_allowed, types_with
from policies.graph import Node
from policies.rule import Finding, Requirement, Severity, identity_rule

RULE = identity_rule(
    id="inverted-grants",
    title="No policy allows by exclusion",
    severity=Severity.HIGH,
    applies_to=types_with(*Kind),
    requirement=Requirement.ACCESS_CONTROL,
    why="Everything but the named is allowed then: new actions, new resources and every stranger.",
    remedy="name what is allowed, and refuse in a Deny what must never be",
    frameworks={"CIS AWS": ("1.16",), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.8.3")},
)


@check_allowed(RULE, *Kind)
def allows_nothing_by_exclusion(node: Node, statement: Statement) -> Iterator[Finding]:
    excluded = {
        "NotAction": statement.not_actions,
        "NotResource": statement.not_resources,
        "NotPrincipal": [principal.value for principal in statement.not_principals],
    }
    for element, values in excluded.items():
        if values:
            yield RULE.violation(node, f"{statement.path}.{element}", f"allows everything but {', '.join(values)}")
