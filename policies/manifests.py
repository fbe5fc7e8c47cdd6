"""Kubernetes objects of a graph as manifests, for tools that read those."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from policies.graph import Node, ResourceGraph
from policies.graph.model import Marker

NO_OBJECTS = ("helm.sh", "yaml", "kustomize")  # groups of pulumi-kubernetes whose resources are no single object
DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True, kw_only=True)
class Manifests:
    """One YAML text of all objects; which node each is, by `Kind.namespace.name`; and what is no single object."""

    text: str
    nodes: Mapping[str, Node]
    unmapped: tuple[Node, ...]


def manifests_of(graph: ResourceGraph) -> Manifests:
    """Renders every Kubernetes object; fields that only the deployment can know are left out."""
    found: dict[str, Node] = {}
    documents: list[Mapping[str, Any]] = []
    unmapped: list[Node] = []
    for node in graph.resources:
        if node.package != "kubernetes":
            continue
        document = _document(node)
        if document is None:
            unmapped.append(node)
            continue
        documents.append(document)
        found[_identity(document)] = node
    return Manifests(text=yaml.safe_dump_all(documents, sort_keys=False), nodes=found, unmapped=tuple(unmapped))


def _document(node: Node) -> Mapping[str, Any] | None:
    """`kubernetes:apps/v1:Deployment` is kind Deployment of apps/v1; the core group has no name in apiVersion."""
    _, group_version, kind = node.type.split(":")
    if group_version.startswith(NO_OBJECTS):
        return None
    known = _known(node.inputs)
    metadata = known.get("metadata") or {}
    return {
        **known,
        "apiVersion": known.get("apiVersion") or group_version.removeprefix("core/"),
        "kind": kind,
        "metadata": {"name": node.name, **metadata},
    }


def _identity(document: Mapping[str, Any]) -> str:
    metadata = document["metadata"]
    return f"{document['kind']}.{metadata.get('namespace', DEFAULT_NAMESPACE)}.{metadata['name']}"


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _known(inner) for key, inner in value.items() if not isinstance(inner, Marker)}
    if isinstance(value, (list, tuple)):
        return [_known(inner) for inner in value if not isinstance(inner, Marker)]
    return value
