"""A role for a cluster or an identity provider must name the pod, pipeline or person that may assume it."""

import re
from collections.abc import Iterator

from policies.documents import ROLE, Kind, Statement, check_allowed
from policies.graph import Node
from policies.rule import Finding, Requirement, Severity, identity_rule

POD_IDENTITY = "pods.eks.amazonaws.com"
POD_TAGS = ("aws:RequestTag/kubernetes-namespace", "aws:RequestTag/kubernetes-service-account")
CLUSTER_ISSUER = re.compile(r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com")
SUBJECT_OF_CLUSTER = re.compile(r"^system:serviceaccount:[^:*?]+:[^:*?]+$")


RULE = identity_rule(
    id="federation-binding",
    title="Roles for pods name namespace and service account; roles for federated identities subject and audience",
    severity=Severity.HIGH,
    applies_to=(ROLE,),
    requirement=Requirement.ACCESS_CONTROL,
    why="Otherwise every pod of the cluster, or every repository of the provider, may assume the role.",
    remedy="bind the trust as components.identity.pod_of does, or set <issuer>:sub and <issuer>:aud",
    frameworks={"CIS EKS": ("5.2.1",), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.5.16", "A.8.3")},
)


@check_allowed(RULE, Kind.TRUST)
def assumed_by_somebody(node: Node, statement: Statement) -> Iterator[Finding]:
    for principal in statement.principals:
        if principal.kind == "Service" and principal.value == POD_IDENTITY:
            yield from _pods(node, statement)
        elif principal.kind == "Federated" and ":saml-provider/" in principal.value:
            yield from _bound(node, statement, "SAML:aud")
        elif principal.kind == "Federated":
            yield from _subjects(node, statement, principal.value)


def _pods(node: Node, statement: Statement) -> Iterator[Finding]:
    for tag in POD_TAGS:
        values = statement.bound_values(tag)
        if not values or any("*" in value or "?" in value for value in values):
            yield RULE.violation(node, f"{statement.path}.Condition", f"must bind {tag} to one exact value")


def _subjects(node: Node, statement: Statement, provider: str) -> Iterator[Finding]:
    issuer = provider.partition(":oidc-provider/")[2] or provider
    yield from _bound(node, statement, f"{issuer}:aud")
    subjects = statement.bound_values(f"{issuer}:sub")
    if not subjects:
        yield RULE.violation(node, f"{statement.path}.Condition", f"binds no subject ({issuer}:sub)")
    for subject in subjects:
        if not (SUBJECT_OF_CLUSTER.match(subject) if CLUSTER_ISSUER.search(issuer) else _names_something(subject)):
            yield RULE.violation(node, f"{statement.path}.Condition", f"lets all of {subject!r} assume the role")


def _bound(node: Node, statement: Statement, key: str) -> Iterator[Finding]:
    values = statement.bound_values(key)
    if not values or "*" in values:
        yield RULE.violation(node, f"{statement.path}.Condition", f"binds no audience ({key})")


def _names_something(subject: str) -> bool:
    """A repository or project by its full name; a wildcard may follow for branches."""
    named = subject.partition("*")[0]
    return named == subject or re.search(r"/[^/:]+[/:]", named) is not None
