"""Completes a graph, whatever its nodes were read from: their order, and the region of each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import Any

from policies.graph.model import PROVIDER_TYPE_PREFIX, Node, ResourceGraph

AWS_PROVIDER_TYPE = f"{PROVIDER_TYPE_PREFIX}aws"


def graph_of(project: str, stack: str, nodes: Sequence[Node], default_region: str | None) -> ResourceGraph:
    """The graph in dependency order, each AWS node with its region: its own, else its provider's, else the default."""
    return with_regions(project, stack, _ordered({node.urn: node for node in nodes}), default_region)


def with_regions(project: str, stack: str, nodes: Sequence[Node], default_region: str | None) -> ResourceGraph:
    """The graph of nodes that are in order already, each AWS node with its region."""
    by_urn = {node.urn: node for node in nodes}
    return ResourceGraph(
        project=project,
        stack=stack,
        nodes=tuple(_with_region(node, _region(node, by_urn, default_region)) for node in nodes),
    )


def _with_region(node: Node, region: str | None) -> Node:
    return node if node.region == region else replace(node, region=region)


def decoded(type_: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs as the program wrote them: Pulumi sends those of a provider as JSON texts."""
    if not type_.startswith(PROVIDER_TYPE_PREFIX):
        return dict(inputs)
    return {key: _decoded(value) for key, value in inputs.items()}


def provider_urn(reference: str) -> str | None:
    """The URN in a provider reference (`urn:...::id`); None where there is none: the engine's default provider."""
    urn, _, _ = reference.rpartition("::")
    return urn or None


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and (value[:1] in "[{" or value in ("true", "false")):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value  # a text that only looks like JSON
    return value


def _ordered(by_urn: Mapping[str, Node]) -> list[Node]:
    """Parents, providers and dependencies first; otherwise by URN, so that a program always gives the same order."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for node in by_urn.values():
        by_property = (urn for urns in node.property_dependencies.values() for urn in urns)
        before = {*filter(None, (node.parent, node.provider)), *node.dependencies, *by_property}
        sorter.add(node.urn, *sorted(before & by_urn.keys()))
    sorter.prepare()
    ordered: list[Node] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += [by_urn[urn] for urn in ready]
        sorter.done(*ready)
    return ordered


def _region(node: Node, by_urn: Mapping[str, Node], default: str | None) -> str | None:
    if node.is_component or (node.package != "aws" and node.type != AWS_PROVIDER_TYPE):
        return None
    provider = by_urn.get(node.provider or "")
    candidates = (node.inputs.get("region"), provider.inputs.get("region") if provider else None, default)
    return next((region for region in candidates if isinstance(region, str) and region), None)
