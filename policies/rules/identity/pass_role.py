"""Whoever may pass a role may do what the role may, by the service it is passed to."""

from collections.abc import Iterator

from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, identity_rule
from policies.rules.identity._actions import is_wide, matching
from policies.rules.identity._policies import is_boundary

PASS_ROLE = frozenset({"iam:passrole"})

RULE = identity_rule(
    id="pass-role",
    title="iam:PassRole names the roles and the services they are passed to",
    severity=Severity.HIGH,
    applies_to=types_with(Kind.IDENTITY),
    requirement=Requirement.ACCESS_CONTROL,
    why="Whoever passes a role to a service that runs their code has the role's permissions.",
    remedy="name the role's ARN and set iam:PassedToService, as components.identity.grants.administer_index does",
    frameworks={"CIS AWS": ("1.16",), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.5.18", "A.8.2")},
    scope=Scope.STACK,  # a boundary passes nothing by itself, and the roles say what is a boundary
)


@RULE.check
def bound_to_role_and_service(node: Node, case: Case) -> Iterator[Finding]:
    bounds = is_boundary(node, case.graph)
    yield from judge_allowed(RULE, node, (Kind.IDENTITY,), lambda statement: _passes(node, statement, bounds=bounds))


def _passes(node: Node, statement: Statement, *, bounds: bool) -> Iterator[Finding]:
    if not matching(statement.actions, PASS_ROLE):
        return
    services = statement.bound_values("iam:PassedToService")
    if not services or any("*" in service for service in services):
        yield RULE.violation(node, f"{statement.path}.Condition", "passes roles to any service")
    wide = [resource for resource in statement.resources if is_wide(resource)]
    if wide and not bounds:
        yield RULE.violation(node, f"{statement.path}.Resource", f"passes any role ({', '.join(wide)})")
