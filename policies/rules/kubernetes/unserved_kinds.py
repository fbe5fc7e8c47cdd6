"""A custom resource whose kind nothing defines is refused by the API server, in the middle of a deployment."""

from collections.abc import Iterator, Mapping

from codekeep_contracts.cluster_kinds import PLATFORM_KINDS

from policies.graph import Node, ResourceGraph
from policies.manifests import kind_of
from policies.reading import first
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import known

DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
ADDON = "aws:eks/addon:Addon"
BUILT_IN = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    }
)
"""API groups of Kubernetes 1.34 itself (its API reference, "API Groups")."""
OF_ADDONS: Mapping[str, frozenset[str]] = {
    "vpc-cni": frozenset({"crd.k8s.amazonaws.com", "networking.k8s.aws", "vpcresources.k8s.aws"}),
    "aws-secrets-store-csi-driver-provider": frozenset({"secrets-store.csi.x-k8s.io"}),
}
"""API groups that EKS add-ons bring."""

RULE = kubernetes_rule(
    id="unserved-kinds",
    title="Something in the graph defines every custom kind",
    severity=Severity.HIGH,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.SUPPLY_CHAIN,
    why="A scaler, a binding or a Ray cluster of which the cluster knows nothing never scales, binds or runs.",
    remedy="install the controller and its CustomResourceDefinition (components.controllers) before it",
    frameworks=frameworks(soc2="A1.1", iso="A.8.6"),
    scope=Scope.STACK,
)


@RULE.check
def is_served(node: Node, case: Case) -> Iterator[Finding]:
    if node.package != "kubernetes" or (found := kind_of(node)) is None:
        return
    group, kind = found[0].rpartition("/")[0], found[1]
    if group in BUILT_IN or (group, kind) in _served(case) or group in _of_addons(case.graph):
        return
    if _hides(case.graph, node):
        yield RULE.undecided(node, "kind", "a definition in the graph is not known yet")
    else:
        yield RULE.violation(node, "kind", f"nothing here defines {kind} of {group}")


def _served(case: Case) -> frozenset[tuple[str, str]]:
    """The kinds that the graph defines; those of a pooled keep are its platform's."""
    shared = PLATFORM_KINDS if case.facts.tier == "pooled" and not case.facts.platform else frozenset()
    return shared | case.graph.derived(_defined)


def _defined(graph: ResourceGraph) -> frozenset[tuple[str, str]]:
    found = [
        tuple(first(node.inputs, path) for path in ("spec.group", "spec.names.kind"))
        for node in graph.of_type(DEFINITION)
    ]
    return frozenset((str(group), str(kind)) for group, kind in found if known(group) and known(kind))


def _of_addons(graph: ResourceGraph) -> frozenset[str]:
    names = [str(node.inputs.get("addonName")) for node in graph.of_type(ADDON)]
    return frozenset(group for name in names for group in OF_ADDONS.get(name, ()))


def _hides(graph: ResourceGraph, node: Node) -> bool:
    """Whether a definition of the same cluster could be the kind's, if one knew it."""
    return any(
        not known(first(each.inputs, path))
        for each in graph.of_type(DEFINITION)
        if each.provider == node.provider
        for path in ("spec.group", "spec.names.kind")
    )
