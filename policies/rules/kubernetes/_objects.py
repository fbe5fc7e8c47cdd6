"""Relations between Kubernetes objects: in which namespace each is, which labels a selector matches."""

from collections.abc import Iterable, Mapping
from typing import Any

from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph
from policies.reading import MISSING, Found, first, read

NAMESPACE = "kubernetes:core/v1:Namespace"
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"
_RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
ROLES = (f"{_RBAC}:Role", f"{_RBAC}:ClusterRole")
BINDINGS = (f"{_RBAC}:RoleBinding", f"{_RBAC}:ClusterRoleBinding")
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
DEFAULT_NAMESPACE = "default"

Namespace = tuple[str | None, str]
"""A namespace: its cluster (the provider's URN) and its name, or its URN where only the cluster will know the name."""


def known(value: Any) -> bool:
    """Whether a value can be read: neither missing, unknown nor secret."""
    return value is not MISSING and value is not UNKNOWN and value is not SECRET


def object_name(node: Node) -> str:
    """The object's name; its URN where the provider makes the name up."""
    name = first(node.inputs, "metadata.name")
    return name if isinstance(name, str) else node.urn


def namespace_of(node: Node, graph: ResourceGraph) -> Namespace | None:
    """The namespace of an object; None where it is not known yet."""
    if node.type == NAMESPACE:
        return node.provider, object_name(node)
    name = first(node.inputs, "metadata.namespace")
    if isinstance(name, str):
        return node.provider, name
    if name is MISSING:
        return node.provider, provider_namespace(node, graph)
    referred = graph.references(node, "metadata", NAMESPACE)
    return (node.provider, object_name(referred[0])) if len(referred) == 1 else None


def provider_namespace(node: Node, graph: ResourceGraph) -> str:
    """Where the provider puts objects that name no namespace."""
    provider = graph.get(node.provider or "")
    name = provider.inputs.get("namespace") if provider else None
    return name if isinstance(name, str) and name else DEFAULT_NAMESPACE


def in_namespace(graph: ResourceGraph, namespace: Namespace | None, *types: str) -> list[Node]:
    """Objects of the types in a namespace; none where it is not known."""
    found = graph.derived(_by_namespace)
    return [node for type_ in types for node in found.get((namespace, type_), ())]


def _by_namespace(graph: ResourceGraph) -> Mapping[tuple[Namespace | None, str], list[Node]]:
    found: dict[tuple[Namespace | None, str], list[Node]] = {}
    for node in graph:
        if node.package == "kubernetes" and (namespace := namespace_of(node, graph)) is not None:
            found.setdefault((namespace, node.type), []).append(node)
    return found


def selects(selector: Any, labels: Any) -> bool | None:
    """Whether a label selector matches; None where either is not known. A selector that is not set matches nothing."""
    if selector is MISSING:
        return False
    present = {} if labels is MISSING else labels
    if not isinstance(selector, Mapping) or not isinstance(present, Mapping) or not all(map(known, present.values())):
        return None
    wanted = selector.get("matchLabels") or {}
    if not isinstance(wanted, Mapping) or not all(map(known, wanted.values())):
        return None
    if any(present.get(key) != value for key, value in wanted.items()):
        return False
    expressions = selector.get("matchExpressions") or ()
    return all(_matches(each, present) for each in expressions if isinstance(each, Mapping))


def _matches(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, values = str(expression.get("key")), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False


def subjects_of(binding: Node) -> Iterable[Mapping[str, Any]]:
    """The subjects of a binding that can be read."""
    subjects = first(binding.inputs, "subjects")
    return [each for each in subjects if isinstance(each, Mapping)] if isinstance(subjects, (list, tuple)) else []


def entry(node: Node, path: str, key: str) -> Found:
    """One entry of a mapping whose keys contain dots: a label or an annotation."""
    entries = next(read(node.inputs, path))
    if not entries.known:
        return entries
    value = entries.value.get(key) if isinstance(entries.value, Mapping) else None
    return Found(f'{path}["{key}"]', MISSING if value is None else value)
