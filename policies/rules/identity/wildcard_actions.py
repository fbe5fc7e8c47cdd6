"""A wildcard action grants what nobody has looked at, and what AWS will add next year."""

from collections.abc import Iterator

from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

KINDS = (Kind.IDENTITY, Kind.TRUST, Kind.RESOURCE, Kind.KEY)

RULE = Rule(
    id="wildcard-actions",
    title="No policy allows all actions, or all of a service",
    severity=Severity.CRITICAL,
    family=Family.IDENTITY,
    applies_to=types_with(*KINDS),
    requirement=Requirement.ACCESS_CONTROL,
    why="What is allowed by a wildcard was reviewed by nobody: it holds deletion, new grants and future actions.",
    remedy="name the actions, as components.identity.grants lists them by purpose",
    frameworks={"CIS AWS": ("1.16",), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.8.2", "A.8.3")},
)


@RULE.check
def actions_are_named(node: Node, _: Case) -> Iterator[Finding]:
    yield from judge_allowed(RULE, node, KINDS, lambda statement: _broad(node, statement))


def _broad(node: Node, statement: Statement) -> Iterator[Finding]:
    for action in statement.actions:
        if is_broad(action):
            yield RULE.violation(node, f"{statement.path}.Action", f"allows {action!r}; actions must be named")


def is_broad(action: str) -> bool:
    """`*`, `s3:*`, `*:Get*`, `s3:*Object`: what begins with a wildcard after the service names nothing."""
    service, _, verb = action.partition(":")
    return not verb or verb[0] in "*?" or "*" in service or "?" in service
