"""A graph's Kubernetes objects in the order they are applied, and their YAML."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from policies.graph import Node, ResourceGraph
from policies.graph.values import Marker
from policies.manifests import document_of, kind_of

PACKAGE = "kubernetes"
FIRST = (  # kinds that others need without saying so
    "Namespace",
    "CustomResourceDefinition",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "PriorityClass",
    "StorageClass",
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy",
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "ConfigMap",
    "Secret",
    "PersistentVolumeClaim",
    "Service",
)
PLACEHOLDERS = {Marker.UNKNOWN: "${unknown}", Marker.SECRET: "${secret}"}


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One object as it would be applied; `${...}` stands where only a deployment knows the value."""

    node: Node
    thing: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.thing["kind"])

    @property
    def name(self) -> str:
        return str(self.thing["metadata"]["name"])

    def to_yaml(self) -> str:
        """The document with a comment that says where in the program it comes from."""
        where = f"{self.node.source}: " if self.node.source else ""
        text = yaml.dump(dict(self.thing), Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)
        return f"---\n# {where}{self.node.urn}\n{text}"


def manifests_in(graph: ResourceGraph) -> list[Manifest]:
    """Every single object, each after what it depends on; what leaves a choice goes by kind, namespace and name."""
    made = {
        node.urn: Manifest(node=node, thing=thing)
        for node in graph.resources
        if node.package == PACKAGE and (thing := document_of(node, _plain)) is not None
    }
    waiting = {urn: graph.needs(manifest.node) & made.keys() for urn, manifest in made.items()}
    ready = [(_rank(made[urn]), urn) for urn, needs in waiting.items() if not needs]
    heapq.heapify(ready)
    ordered: list[Manifest] = []
    while ready:
        _, done = heapq.heappop(ready)
        ordered.append(made[done])
        for urn, needs in waiting.items():
            if done in needs:
                needs.remove(done)
                if not needs:
                    heapq.heappush(ready, (_rank(made[urn]), urn))
    return ordered


def left_out(graph: ResourceGraph) -> list[Node]:
    """What is no single object, a chart say."""
    return [node for node in graph.resources if node.package == PACKAGE and kind_of(node) is None]


def _plain(value: Any) -> Any:
    if isinstance(value, Marker):
        return PLACEHOLDERS[value]
    if isinstance(value, Mapping):  # a recording has no order of fields to keep; what names a thing comes first
        return {key: _plain(value[key]) for key in sorted(value, key=lambda key: (key != "name", key))}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


def _rank(manifest: Manifest) -> tuple[int, str, str, str]:
    rank = FIRST.index(manifest.kind) if manifest.kind in FIRST else len(FIRST)
    return rank, manifest.kind, str(manifest.thing["metadata"].get("namespace", "")), manifest.name


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as such, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
