"""A wildcard action grants what nobody has reviewed, and what AWS will add next year."""

from collections.abc import Iterator

from policies.documents import Kind, Statement, check_allowed, types_with
from policies.graph import Node
from policies.rule import Finding, Requirement, Severity, identity_rule

KINDS = (Kind.IDENTITY, Kind.TRUST, Kind.RESOURCE, Kind.KEY)

RULE = identity_rule(
    id="wildcard-actions",
    title="No policy allows actions by a wildcard in the service or at the start of the verb",
    severity=Severity.CRITICAL,
    applies_to=types_with(*KINDS),
    requirement=Requirement.ACCESS_CONTROL,
    why="Nobody reviewed what a wildcard allows: deletion, new grants and future actions among it.",
    remedy="name the actions, as components.identity.grants lists them by purpose",
    frameworks={"CIS AWS": ("1.16",), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.8.2", "A.8.3")},
)


@check_allowed(RULE, *KINDS)
def actions_are_named(node: Node, statement: Statement) -> Iterator[Finding]:
    for action in statement.actions:
        if is_broad(action):
            yield RULE.violation(node, f"{statement.path}.Action", f"allows {action!r}; actions must be named")


def is_broad(action: str) -> bool:
    """Whether the service contains a wildcard, or the verb begins with one: `*`, `s3:*`, `*:Get*`, `s3:*Object`."""
    service, _, verb = action.partition(":")
    return not verb or verb[0] in "*?" or "*" in service or "?" in service
