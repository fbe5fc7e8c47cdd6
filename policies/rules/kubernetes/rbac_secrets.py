"""A role that may read secrets may read all of the namespace, also those made after it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Guard, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._roles import ROLES, Grant, each_grant

READING = frozenset({"get", "list", "watch"})
SECRETS = frozenset({"secrets"})
ALL_OF_THEM = (
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]},
    {"apiGroups": [""], "resources": ["*"], "verbs": ["get"]},
)

RULE = Rule(
    id="rbac-secrets",
    title="Roles read secrets by name only",
    severity=Severity.HIGH,
    family=Family.KUBERNETES,
    applies_to=ROLES,
    requirement=Requirement.ACCESS_CONTROL,
    why="Who may list a namespace's secrets holds the Git tokens that open the customer's repositories.",
    remedy="name the secrets in resourceNames, or mount them from Secrets Manager",
    frameworks=frameworks("4.1.2", iso="A.8.3"),
    guards=tuple(
        guard
        for type_ in ROLES
        for guard in (
            Guard(type=type_, path="rules[*]", values=ALL_OF_THEM),
            Guard(type=type_, add=({"metadata": {"name": "reader"}, "rules": list(ALL_OF_THEM)},)),
        )
    ),
)


@RULE.check
def by_name(node: Node, _: Case) -> Iterator[Finding]:
    def read(grant: Grant) -> Iterator[Finding]:
        if grant.allows(READING, SECRETS) and not grant.names:
            yield RULE.violation(node, f"{grant.path}.resources", "may read every secret of the namespace")

    yield from each_grant(RULE, node, read)
