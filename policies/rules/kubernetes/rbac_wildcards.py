"""A wildcard in a role grants what exists today and whatever is installed tomorrow."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._roles import ROLES, Grant, each_grant

FIELDS = ("verbs", "apiGroups", "resources")

RULE = Rule(
    id="rbac-wildcards",
    title="Roles name their verbs, groups and resources",
    severity=Severity.HIGH,
    family=Family.KUBERNETES,
    applies_to=ROLES,
    requirement=Requirement.ACCESS_CONTROL,
    why="A wildcard grants what exists today and whatever kind of object is installed tomorrow.",
    remedy="list the verbs and resources that the work needs",
    frameworks=frameworks("4.1.3", iso="A.8.2"),
)


@RULE.check
def named(node: Node, _: Case) -> Iterator[Finding]:
    def broad(grant: Grant) -> Iterator[Finding]:
        for field, values in zip((*FIELDS, "nonResourceURLs"), _lists(grant), strict=True):
            if any("*" in value for value in values):
                yield RULE.violation(node, f"{grant.path}.{field}", f"got {list(values)}: must hold no wildcard")

    yield from each_grant(RULE, node, broad)


def _lists(grant: Grant) -> tuple[tuple[str, ...], ...]:
    return grant.verbs, grant.groups, grant.resources, grant.urls
