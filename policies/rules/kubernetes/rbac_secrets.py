"""A role that may read secrets may read all of the namespace, also those made after it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._roles import ROLES, Grant, each_grant

READING = frozenset({"get", "list", "watch"})
SECRETS = frozenset({"secrets"})

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
)


@RULE.check
def by_name(node: Node, _: Case) -> Iterator[Finding]:
    def read(grant: Grant) -> Iterator[Finding]:
        if grant.allows(READING, SECRETS) and not grant.names:
            yield RULE.violation(node, f"{grant.path}.resources", "may read every secret of the namespace")

    yield from each_grant(RULE, node, read)
