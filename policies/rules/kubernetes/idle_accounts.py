"""A controller whose pods are missing does nothing, and its rights wait for whoever starts a pod under its account."""

from collections.abc import Iterator

from policies.graph import Node, ResourceGraph
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._objects import (
    BINDINGS,
    SERVICE_ACCOUNT,
    Namespace,
    namespace_of,
    object_name,
    subjects_of,
)
from policies.rules.kubernetes._pods import POD_PATHS

RULE = kubernetes_rule(
    id="idle-accounts",
    title="Pods run as every service account that has rights in the cluster",
    severity=Severity.MEDIUM,
    applies_to=BINDINGS,
    requirement=Requirement.ACCESS_CONTROL,
    why="Without pods an autoscaler or scaler does nothing, and whoever starts a pod there gets its rights.",
    remedy="install the workload (components.controllers), or take the account and its binding away",
    frameworks=frameworks(soc2="A1.1", iso="A.5.18"),
    scope=Scope.STACK,
)


@RULE.check
def has_pods(node: Node, case: Case) -> Iterator[Finding]:
    used = case.graph.derived(_used)
    for index, subject in enumerate(subjects_of(node)):
        name, namespace = subject.get("name"), subject.get("namespace")
        whose = (node.provider, namespace) if isinstance(namespace, str) else namespace_of(node, case.graph)
        if subject.get("kind") != "ServiceAccount" or (whose, name) not in case.graph.derived(_declared):
            continue  # of somebody else
        if None in used:
            yield RULE.undecided(node, f"subjects[{index}]", "the account of some pods is not known yet")
        elif (whose, name) not in used:
            yield RULE.violation(node, f"subjects[{index}]", f"no pods run as {name}")


def _declared(graph: ResourceGraph) -> frozenset[tuple[Namespace | None, str]]:
    return frozenset((namespace_of(each, graph), object_name(each)) for each in graph.of_type(SERVICE_ACCOUNT))


def _used(graph: ResourceGraph) -> frozenset[tuple[Namespace | None, str] | None]:
    """Accounts that pods run as; None among them where one is not known."""
    return frozenset(
        (namespace_of(node, graph), found.value) if found.known else None
        for node in graph
        for path in POD_PATHS.get(node.type, ())
        for found in read(node.inputs, f"{path}.serviceAccountName")
        if found.value is not MISSING
    )
