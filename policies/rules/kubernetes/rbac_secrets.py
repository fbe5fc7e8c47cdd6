"""A role that may read secrets may read every one of the namespace, also those made after it."""

from collections.abc import Iterator

from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import ROLES
from policies.rules.kubernetes._roles import Grant, check_grants

READING = frozenset({"get", "list", "watch"})

RULE = kubernetes_rule(
    id="rbac-secrets",
    title="Roles read secrets by name only",
    severity=Severity.HIGH,
    applies_to=ROLES,
    requirement=Requirement.ACCESS_CONTROL,
    why="Who may list a namespace's secrets has the Git tokens that open the customer's repositories.",
    remedy="name the secrets in resourceNames, or mount them from Secrets Manager",
    frameworks=frameworks("4.1.2", iso="A.8.3"),
)


@check_grants(RULE)
def reads_by_name(grant: Grant) -> Iterator[Finding]:
    if grant.allows(READING, frozenset({"secrets"})) and not grant.names:
        yield RULE.violation(grant.node, f"{grant.path}.resources", "may read every secret of the namespace")
