"""The graph as JSON (docs/architecture.md): `codekeep graph --format json` and back."""

from collections.abc import Mapping
from typing import Any

from policies.graph.checkpoint import GraphSourceError
from policies.graph.model import Node, ResourceGraph, Source
from policies.graph.values import Marker, map_leaves

VERSION = 1  # 1: first


def to_json(graph: ResourceGraph) -> dict[str, Any]:
    """A document for `json.dumps`; secrets are not in it, since a graph never contains them."""
    return {
        "version": VERSION,
        "project": graph.project,
        "stack": graph.stack,
        "nodes": [_node_to_json(node) for node in graph],
    }


def from_json(document: Mapping[str, Any]) -> ResourceGraph:
    """Reads what `to_json` wrote.

    Raises:
        GraphSourceError: the document has another version.
    """
    if document.get("version") != VERSION:
        raise GraphSourceError(f"`version` of a graph must be {VERSION}, got {document.get('version')!r}")
    return ResourceGraph(
        project=document["project"],
        stack=document["stack"],
        nodes=tuple(_node_from_json(node) for node in document["nodes"]),
    )


def value_to_json(value: Any) -> Any:
    """A property value with `{"$unknown": true}` and `{"$secret": true}` for the marks."""
    return map_leaves(value, lambda leaf: {leaf.value: True} if isinstance(leaf, Marker) else leaf)


def value_from_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        for marker in Marker:
            if value == {marker.value: True}:
                return marker
        return {key: value_from_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [value_from_json(inner) for inner in value]
    return value


def _node_to_json(node: Node) -> dict[str, Any]:
    return {
        "urn": node.urn,
        "type": node.type,
        "name": node.name,
        "parent": node.parent,
        "custom": node.custom,
        "id": node.id,
        "provider": node.provider,
        "region": node.region,
        "inputs": value_to_json(node.inputs),
        "outputs": value_to_json(node.outputs),
        "dependencies": list(node.dependencies),
        "propertyDependencies": {name: list(urns) for name, urns in node.property_dependencies.items()},
        "secrets": list(node.secrets),
        "options": value_to_json(node.options),
        "source": {"file": node.source.file, "line": node.source.line} if node.source else None,
    }


def _node_from_json(node: Mapping[str, Any]) -> Node:
    source = node.get("source")
    return Node(
        urn=node["urn"],
        type=node["type"],
        name=node["name"],
        parent=node["parent"],
        custom=node["custom"],
        id=node.get("id"),
        provider=node.get("provider"),
        region=node.get("region"),
        inputs=value_from_json(node["inputs"]),
        outputs=value_from_json(node["outputs"]),
        dependencies=tuple(node["dependencies"]),
        property_dependencies={name: tuple(urns) for name, urns in node["propertyDependencies"].items()},
        secrets=tuple(node["secrets"]),
        options=value_from_json(node["options"]),
        source=Source(file=source["file"], line=source["line"]) if source else None,
    )
