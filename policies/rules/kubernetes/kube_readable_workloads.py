"""What a chart or an unknown kind of object runs, no rule can judge."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.graph import Node
from policies.rule import ANY_RESOURCE, Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.kubernetes._common import frameworks
from policies.rules.kubernetes._pods import CONTAINER_LISTS, POD_PATHS

RELEASE = "kubernetes:helm.sh/v3:Release"
RENDERED = (
    "kubernetes:helm.sh/v4:Chart",
    "kubernetes:yaml/v2:ConfigFile",
    "kubernetes:yaml/v2:ConfigGroup",
    "kubernetes:kustomize/v2:Directory",
)
"""Components that another process renders: a recording sees no object of theirs."""

DANGEROUS: Mapping[str, tuple[Any, ...]] = {
    "hostNetwork": (True,),
    "hostPID": (True,),
    "hostIPC": (True,),
    "privileged": (True,),
    "allowPrivilegeEscalation": (True,),
    "runAsNonRoot": (False,),
    "readOnlyRootFilesystem": (False,),
    "runAsUser": (0,),
}

RULE = Rule(
    id="kube-readable-workloads",
    title="Every workload that will run can be read and judged",
    severity=Severity.MEDIUM,
    family=Family.KUBERNETES,
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
        for path in _pod_specs(node.inputs, ""):
            yield RULE.undecided(node, path, f"no rule knows the pods of a {node.type}")


def _release(node: Node) -> Iterator[Finding]:
    faults = list(_dangerous(node.inputs.get("values"), "values"))
    for path, value in faults:
        yield RULE.violation(node, path, f"must not be {value!r}")
    if not faults:
        yield RULE.undecided(node, "chart", "the objects of a Helm release are made by Helm and are not in the graph")


def _dangerous(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, (bool, int)) and inner in DANGEROUS.get(str(key), ()):
                yield f"{path}.{key}", inner
            yield from _dangerous(inner, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _dangerous(inner, f"{path}[{index}]")


def _pod_specs(value: Any, path: str) -> Iterator[str]:
    """Places that hold a list of containers with images."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            if key in CONTAINER_LISTS and isinstance(inner, (list, tuple)) and _with_images(inner):
                yield here
            else:
                yield from _pod_specs(inner, here)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _pod_specs(inner, f"{path}[{index}]")


def _with_images(containers: Any) -> bool:
    return any(isinstance(each, Mapping) and "image" in each for each in containers)
