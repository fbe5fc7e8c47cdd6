"""Rights that grant more rights undo every limit that roles set."""

from collections.abc import Iterator

from policies.rule import Finding, Requirement, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import ROLES
from policies.rules.kubernetes._roles import Grant, check_grants

GRANTING = frozenset({"escalate", "bind", "impersonate"})
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
"""Resources through which a role gets other rights, once it may change them."""

READ_DOORS = frozenset({"nodes/proxy", "pods/exec", "pods/attach"})  # a get is enough for these

RULE = kubernetes_rule(
    id="rbac-escalation",
    title="No role grants more rights, other identities or a way into pods",
    severity=Severity.CRITICAL,
    applies_to=ROLES,
    requirement=Requirement.ACCESS_CONTROL,
    why="Who may bind roles, become others or enter pods has every right that anybody has.",
    remedy="leave these to the deployer, which comes in by an access entry",
    frameworks=frameworks("4.1.8", iso="A.8.2"),
)


@check_grants(RULE)
def grants_no_more_rights(grant: Grant) -> Iterator[Finding]:
    if granting := sorted(GRANTING & set(grant.verbs)):
        yield RULE.violation(grant.node, f"{grant.path}.verbs", f"got {', '.join(granting)}, which grants rights")
    if grant.allows(CHANGING, DOORS) or grant.allows(frozenset({"get"}), READ_DOORS):
        opened = ", ".join(sorted(DOORS & set(grant.resources))) or "*"
        yield RULE.violation(grant.node, f"{grant.path}.resources", f"got {opened}, which opens a way to other rights")
