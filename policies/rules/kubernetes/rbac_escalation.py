"""Rights that make more rights undo every limit that roles set."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._roles import ROLES, Grant, each_grant

MAKING_RIGHTS = frozenset({"escalate", "bind", "impersonate"})
CHANGING = frozenset({"create", "update", "patch"})
DOORS = frozenset(
    {
        "serviceaccounts/token",
        "pods/exec",
        "pods/attach",
        "pods/ephemeralcontainers",
        "nodes/proxy",
        "certificatesigningrequests/approval",
        "validatingwebhookconfigurations",
        "mutatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
        "clusterroles",
        "clusterrolebindings",
        "roles",
        "rolebindings",
    }
)
READ_DOORS = frozenset({"nodes/proxy", "pods/exec", "pods/attach"})  # a get is enough for these

RULE = Rule(
    id="rbac-escalation",
    title="No role makes more rights, other identities or a way into pods",
    severity=Severity.CRITICAL,
    family=Family.KUBERNETES,
    applies_to=ROLES,
    requirement=Requirement.ACCESS_CONTROL,
    why="Who may bind roles, become others or enter pods has every right that anybody has.",
    remedy="leave these to the deployer, which comes in by an access entry",
    frameworks=frameworks("4.1.8", iso="A.8.2"),
)


@RULE.check
def no_more_rights(node: Node, _: Case) -> Iterator[Finding]:
    def escalates(grant: Grant) -> Iterator[Finding]:
        if made := sorted(MAKING_RIGHTS & set(grant.verbs)):
            yield RULE.violation(node, f"{grant.path}.verbs", f"got {', '.join(made)}, which makes rights")
        if grant.allows(CHANGING, DOORS) or grant.allows(frozenset({"get"}), READ_DOORS):
            opened = ", ".join(sorted(DOORS & set(grant.resources))) or "*"
            yield RULE.violation(node, f"{grant.path}.resources", f"got {opened}, which opens a way to other rights")

    yield from each_grant(RULE, node, escalates)
