"""No rule can judge what a chart or an unknown type of object runs."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.graph import Node
from policies.graph.values import walk
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Scope, Severity, kubernetes_rule
from policies.rules._types import RELEASE
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import CONTAINER_LISTS, POD_PATHS

RENDERED = (
    "kubernetes:helm.sh/v4:Chart",
    "kubernetes:yaml/v2:ConfigFile",
    "kubernetes:yaml/v2:ConfigGroup",
    "kubernetes:kustomize/v2:Directory",
)
"""Components whose objects another process renders: a recording does not see them."""

DANGEROUS: Mapping[str, object] = {
    "hostNetwork": True,
    "hostPID": True,
    "hostIPC": True,
    "privileged": True,
    "allowPrivilegeEscalation": True,
    "runAsNonRoot": False,
    "readOnlyRootFilesystem": False,
    "runAsUser": 0,
}

RULE = kubernetes_rule(
    id="kube-readable-workloads",
    title="Every workload that will run can be read and judged",
    severity=Severity.MEDIUM,
    applies_to=(ANY_RESOURCE, *RENDERED),
    requirement=Requirement.SUPPLY_CHAIN,
    why="A chart brings images, rights and privileges of its own, which show only in the objects it renders.",
    remedy="render the chart's objects into the program (helm.v3.Chart or yaml.ConfigGroup) and pin them there",
    frameworks=frameworks(soc2="CC8.1", iso="A.8.19"),
    scope=Scope.STACK,
)


@RULE.check
def readable(node: Node, case: Case) -> Iterator[Finding]:
    if node.package != "kubernetes" or node.is_provider:
        return
    if node.type == RELEASE:
        yield from _release(node)
    elif node.type in RENDERED:
        if not case.graph.children(node.urn):
            yield RULE.undecided(node, "", "the objects it renders are not in the graph")
    elif node.type not in POD_PATHS:
        for path, value in walk(node.inputs):
            if path.rpartition(".")[2] in CONTAINER_LISTS and _with_images(value):
                yield RULE.undecided(node, path, f"no rule knows the pods of a {node.type}")


def _release(node: Node) -> Iterator[Finding]:
    dangerous = [
        (path, value) for path, value in walk(node.inputs.get("values"), "values") if _is_dangerous(path, value)
    ]
    for path, value in dangerous:
        yield RULE.violation(node, path, f"must not be {value!r}")
    if not dangerous:
        yield RULE.undecided(node, "chart", "the objects of a Helm release are made by Helm and are not in the graph")


def _is_dangerous(path: str, value: Any) -> bool:
    key = path.rpartition(".")[2]
    return isinstance(value, (bool, int)) and key in DANGEROUS and value == DANGEROUS[key]


def _with_images(containers: Any) -> bool:
    return isinstance(containers, (list, tuple)) and any(
        isinstance(each, Mapping) and "image" in each for each in containers
    )
