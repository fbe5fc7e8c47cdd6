"""Kubernetes objects of a graph as manifests, for tools that read those."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from policies.graph import Node, ResourceGraph
from policies.graph.values import Marker

NO_OBJECTS = ("helm.sh", "yaml", "kustomize")  # groups of pulumi-kubernetes whose resources are no single object


@dataclass(frozen=True, kw_only=True)
class Manifests:
    """All objects as one YAML text, the line at which each begins, and the resources that are no single object."""

    text: str
    begins: tuple[tuple[int, Node], ...]
    unmapped: tuple[Node, ...]

    def at(self, line: int) -> Node:
        """The object that a line (from 1) belongs to."""
        return next(node for first, node in reversed(self.begins) if first <= line)


def manifests_of(graph: ResourceGraph) -> Manifests:
    """Renders every Kubernetes object without the fields that only the deployment will know."""
    begins: list[tuple[int, Node]] = []
    lines: list[str] = []
    unmapped: list[Node] = []
    for node in graph.resources:
        if node.package != "kubernetes":
            continue
        document = document_of(node, _known)
        if document is None:
            unmapped.append(node)
            continue
        begins.append((len(lines) + 1, node))
        lines += ["---", *yaml.safe_dump(document, sort_keys=False).splitlines()]
    return Manifests(text="\n".join([*lines, ""]), begins=tuple(begins), unmapped=tuple(unmapped))


def kind_of(node: Node) -> tuple[str, str] | None:
    """apiVersion and kind of a resource of package kubernetes, None for what is no single object.

    `kubernetes:apps/v1:Deployment` is kind Deployment of apps/v1; the core group has no name in apiVersion.
    """
    _, group_version, kind = node.type.split(":")
    if group_version.startswith(NO_OBJECTS):
        return None
    return str(node.inputs.get("apiVersion") or group_version.removeprefix("core/")), kind


def document_of(node: Node, plain: Callable[[Any], Any]) -> Mapping[str, Any] | None:
    """The object's manifest, None for what is no single object; `plain` turns the inputs into values for YAML."""
    found = kind_of(node)
    if found is None:
        return None
    api_version, kind = found
    inputs = plain(node.inputs)
    metadata = {"name": node.name, **(inputs.get("metadata") or {})}
    rest = {key: value for key, value in inputs.items() if key not in ("apiVersion", "kind", "metadata")}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _known(inner) for key, inner in value.items() if not isinstance(inner, Marker)}
    if isinstance(value, (list, tuple)):
        return [_known(inner) for inner in value if not isinstance(inner, Marker)]
    return value
