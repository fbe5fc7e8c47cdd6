"""A wildcard in a role grants what exists today and whatever is installed tomorrow."""

from collections.abc import Iterator

from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import ROLES
from policies.rules.kubernetes._roles import Grant, check_grants

FIELDS = {"verbs": "verbs", "apiGroups": "groups", "resources": "resources", "nonResourceURLs": "urls"}

RULE = kubernetes_rule(
    id="rbac-wildcards",
    title="Roles name their verbs, groups and resources",
    severity=Severity.HIGH,
    applies_to=ROLES,
    requirement=Requirement.ACCESS_CONTROL,
    why="A wildcard grants what exists today and whatever type of object is installed tomorrow.",
    remedy="list the verbs and resources that the work needs",
    frameworks=frameworks("4.1.3", iso="A.8.2"),
)


@check_grants(RULE)
def has_no_wildcard(grant: Grant) -> Iterator[Finding]:
    for field, attribute in FIELDS.items():
        values = getattr(grant, attribute)
        if any("*" in value for value in values):
            yield RULE.violation(grant.node, f"{grant.path}.{field}", f"got {list(values)}: must have no wildcard")
