"""In a shared cluster the namespace separates keeps, and a service account opens one namespace."""

from collections.abc import Iterator, Mapping

from codekeep_contracts.search_administration import search_roles_name

from policies.conditions import Condition, none_of
from policies.documents import ROLE, Kind, documents
from policies.graph import Node, ResourceGraph
from policies.reading import MISSING, first
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Scope, Severity, tenancy_rule
from policies.rules.tenancy._tiers import is_platforms_namespace, is_pooled, own_prefix

ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
NAMESPACE = "kubernetes:core/v1:Namespace"
JOB, CONFIG_MAP = "kubernetes:batch/v1:Job", "kubernetes:core/v1:ConfigMap"
TAGS: Mapping[str, str] = {
    "namespace": "aws:RequestTag/kubernetes-namespace",
    "serviceAccount": "aws:RequestTag/kubernetes-service-account",
}
"""Property of an association → the tag by which the role's trust names it."""

RULE = tenancy_rule(
    id="tenant-namespaces",
    title="Pods and their identities stay in namespaces of the keep, one service account to a role",
    severity=Severity.HIGH,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.ISOLATION,
    why="A role bound to a common namespace or account is every pod's there, other keeps' among them.",
    remedy="bind roles with components.identity and take namespaces from components.compute.kubernetes_access",
    frameworks={
        "CIS EKS": ("5.2.1",),
        "SOC 2": ("CC6.1", "CC6.3", "C1.1"),
        "ISO 27001": ("A.5.15", "A.8.3", "A.8.22"),
    },
    scope=Scope.STACK,
)


@RULE.check
def within_the_keep(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == ASSOCIATION:
        yield from _as_the_role_trusts(node, case.graph)
        for path in TAGS:
            own = none_of("default").because("every pod that names none has it")
            yield from RULE.require(node, path, own, optional=True)
    if is_pooled(case.facts) and (path := _namespace_path(node)) and not _makes_search_roles(node, case):
        prefix = own_prefix(case)
        own = Condition(lambda name: name == prefix or str(name).startswith(f"{prefix}-"), f"must be {prefix}")
        yield from RULE.require(node, path, own)


def _namespace_path(node: Node) -> str:
    """Where a resource names its namespace; empty where it has none."""
    if node.type == ASSOCIATION:
        return "namespace"
    if node.type == NAMESPACE:
        return "metadata.name"
    in_namespace = node.package == "kubernetes" and first(node.inputs, "metadata.namespace") is not MISSING
    return "metadata.namespace" if in_namespace else ""


def _makes_search_roles(node: Node, case: Case) -> bool:
    """The Job that the platform's administrator of the search domain runs for this keep, and its document."""
    labels, namespace = (first(node.inputs, f"metadata.{key}") for key in ("labels", "namespace"))
    name = labels.get("app.kubernetes.io/name") if isinstance(labels, Mapping) else None
    is_own = name == search_roles_name(case.facts.tenant)
    return node.type in (JOB, CONFIG_MAP) and is_platforms_namespace(str(namespace), case.facts) and is_own


def _as_the_role_trusts(node: Node, graph: ResourceGraph) -> Iterator[Finding]:
    """The trust names namespace and account too; an association that says otherwise is for another's pods."""
    for role in graph.references(node, "roleArn", ROLE):
        statements = [each for document in documents(role, Kind.TRUST) for each in document.statements or ()]
        for path, tag in TAGS.items():
            named = {value for statement in statements if statement.allows for value in statement.bound_values(tag)}
            value = first(node.inputs, path)
            if named and isinstance(value, str) and value not in named:
                yield RULE.violation(node, path, f"got {value!r}, but {role.name} trusts {', '.join(sorted(named))}")
