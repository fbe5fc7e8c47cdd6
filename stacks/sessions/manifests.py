"""Lists a graph's Kubernetes objects in the order they are applied, and writes their YAML."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from codekeep_contracts.faults import UsageFault

from policies.graph import Node, ResourceGraph
from policies.graph.values import Marker
from policies.manifests import document_of, kind_of

PACKAGE = "kubernetes"
FIRST = (  # kinds that others need without a dependency
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
    """One object as it would be applied. `${...}` stands for a value that only a deployment knows."""

    node: Node
    document: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.document["kind"])

    @property
    def name(self) -> str:
        return str(self.document["metadata"]["name"])

    @property
    def rank(self) -> tuple[int, str, str, str]:
        """Sort key among the objects that could be applied next."""
        place = FIRST.index(self.kind) if self.kind in FIRST else len(FIRST)
        return place, self.kind, str(self.document["metadata"].get("namespace", "")), self.name

    def to_yaml(self) -> str:
        """The document, with a comment that names the line of the program it comes from."""
        source = f"{self.node.source}: " if self.node.source else ""
        text = yaml.dump(dict(self.document), Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)
        return f"---\n# {source}{self.node.urn}\n{text}"


def manifests_in(graph: ResourceGraph) -> list[Manifest]:
    """Every single object, each after its dependencies; otherwise by kind, namespace and name."""
    manifests = {
        node.urn: Manifest(node=node, document=document)
        for node in graph.resources
        if node.package == PACKAGE and (document := document_of(node, _plain)) is not None
    }
    waiting = {urn: graph.needs(manifest.node) & manifests.keys() for urn, manifest in manifests.items()}
    ready = [(manifests[urn].rank, urn) for urn, needs in waiting.items() if not needs]
    heapq.heapify(ready)
    ordered: list[Manifest] = []
    while ready:
        _, done = heapq.heappop(ready)
        ordered.append(manifests[done])
        for urn, needs in waiting.items():
            if done in needs:
                needs.remove(done)
                if not needs:
                    heapq.heappush(ready, (manifests[urn].rank, urn))
    return ordered


def not_single_objects(graph: ResourceGraph) -> list[Node]:
    """Kubernetes resources that are no single object, such as a chart."""
    return [node for node in graph.resources if node.package == PACKAGE and kind_of(node) is None]


def write_manifests(manifests: Sequence[Manifest], folder: Path) -> None:
    """Writes files named so that `kubectl apply -f FOLDER` applies them in order.

    Raises:
        UsageFault: the folder contains files already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageFault(f"--output {folder}: contains files already; give an empty or a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    digits = len(str(len(manifests)))
    for number, manifest in enumerate(manifests, start=1):
        name = f"{number:0{digits}}-{manifest.kind.lower()}-{manifest.name.replace(':', '-')}.yaml"
        (folder / name).write_text(manifest.to_yaml(), encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, Marker):
        return PLACEHOLDERS[value]
    if isinstance(value, Mapping):  # a recording keeps no order of fields; the name comes first
        return {key: _plain(value[key]) for key in sorted(value, key=lambda key: (key != "name", key))}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
