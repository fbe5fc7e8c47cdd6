"""Kubernetes objects among each other: in which namespace each lives, what a selector selects."""

from collections.abc import Iterable, Mapping
from typing import Any

from policies.graph import SECRET, UNKNOWN, Node, ResourceGraph
from policies.reading import MISSING, Found, first, read

NAMESPACE = "kubernetes:core/v1:Namespace"
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"
ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
CLUSTER_ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
DEFAULT_NAMESPACE = "default"

Place = tuple[str | None, str]
"""A namespace: its cluster (the provider's URN) and its name, or its URN where only the cluster will know the name."""


def known(value: Any) -> bool:
    """Whether a value is there to be read: neither missing, unknown nor secret."""
    return value is not MISSING and value is not UNKNOWN and value is not SECRET


def object_name(node: Node) -> str:
    """The object's name; its URN where the provider makes the name up."""
    name = first(node.inputs, "metadata.name")
    return name if isinstance(name, str) else node.urn


def place_of(node: Node, graph: ResourceGraph) -> Place | None:
    """The namespace of an object; None where it cannot be told."""
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


def in_place(graph: ResourceGraph, place: Place, *types: str) -> list[Node]:
    """Objects of the types in a namespace."""
    placed = graph.derived(_by_place)
    return [node for type_ in types for node in placed.get((place, type_), ())]


def _by_place(graph: ResourceGraph) -> Mapping[tuple[Place, str], list[Node]]:
    placed: dict[tuple[Place, str], list[Node]] = {}
    for node in graph:
        if node.package == "kubernetes" and (place := place_of(node, graph)) is not None:
            placed.setdefault((place, node.type), []).append(node)
    return placed


def selects(selector: Any, labels: Any) -> bool | None:
    """Whether a label selector matches; None where either is not known. A selector that is not set matches nothing."""
    if selector is MISSING:
        return False
    if not isinstance(selector, Mapping) or (labels is not MISSING and not isinstance(labels, Mapping)):
        return None
    there: Mapping[str, Any] = labels if isinstance(labels, Mapping) else {}
    if any(not known(value) for value in there.values()):
        return None
    wanted = selector.get("matchLabels") or {}
    if not isinstance(wanted, Mapping) or any(not known(value) for value in wanted.values()):
        return None
    expressions = selector.get("matchExpressions") or ()
    if any(there.get(key) != value for key, value in wanted.items()):
        return False
    return all(_expressed(each, there) for each in expressions if isinstance(each, Mapping))


def _expressed(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, values = expression.get("key"), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(str(key)) in values
        case "NotIn":
            return labels.get(str(key)) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False


def subjects_of(binding: Node) -> Iterable[Mapping[str, Any]]:
    """The subjects of a binding that can be read."""
    subjects = first(binding.inputs, "subjects")
    return [each for each in subjects if isinstance(each, Mapping)] if isinstance(subjects, (list, tuple)) else []


def keyed(node: Node, path: str, key: str) -> Found:
    """One entry of a mapping whose keys hold dots: a label or an annotation."""
    entries = next(read(node.inputs, path))
    if not entries.known:
        return entries
    value = entries.value.get(key) if isinstance(entries.value, Mapping) else None
    return Found(f'{path}["{key}"]', MISSING if value is None else value)
