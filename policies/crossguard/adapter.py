"""What an engine tells an analyzer, as nodes of the graph that the rules read.

A resource is told before its provider is called: its inputs and its provider, neither dependencies nor what else there
is. The stack is told when all is done, with outputs in the inputs' place; the inputs are those told before. Of what a
program only looks up, pulumi tells nothing and the sandbox's engine at the end: `codekeep check` judges it in any case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from google.protobuf import json_format

from policies.graph import SECRET, Node, ResourceGraph
from policies.graph.build import decoded, graph_of
from policies.graph.model import PROVIDER_TYPE_PREFIX
from policies.graph.wire import plain_properties

CUSTOM_WITHOUT_PROVIDER = (PROVIDER_TYPE_PREFIX, "pulumi:pulumi:StackReference")


class Adapter:
    """One deployment's resources. Calls may come from several threads, for different resources."""

    def __init__(self, project: str, stack: str) -> None:
        self._project = project
        self._stack = stack
        self._told: dict[str, Node] = {}

    def resource(self, request: Any) -> tuple[Node, ResourceGraph]:
        """The node of an AnalyzeRequest, and the graph of it and its provider."""
        node = _node(request, request.options.parent)
        graph = self._graph([*_provider(request), node])
        node = graph.node(node.urn)  # with its region
        self._told[node.urn] = node
        return node, graph

    def stack(self, resources: Iterable[Any]) -> tuple[ResourceGraph, list[Node]]:
        """The graph of an AnalyzeStackRequest's resources, and those in it that were not told before."""
        graph = self._graph([self._deployed(resource) for resource in resources])
        return graph, [node for node in graph if node.urn not in self._told]

    def _deployed(self, resource: Any) -> Node:
        outputs, secrets = _properties(resource)
        declared = [name for name in resource.options.additionalSecretOutputs if name in outputs]
        outputs.update(dict.fromkeys(declared, SECRET))
        told = self._told.get(resource.urn) or _only_read(resource)
        return replace(
            told,
            parent=resource.parent or told.parent,
            id=outputs["id"] if isinstance(outputs.get("id"), str) else None,
            outputs=outputs,
            dependencies=tuple(resource.dependencies),
            property_dependencies={
                name: tuple(of.urns) for name, of in resource.propertyDependencies.items() if of.urns
            },
            secrets=tuple(dict.fromkeys([*told.secrets, *secrets, *declared])),
        )

    def _graph(self, nodes: list[Node]) -> ResourceGraph:
        return graph_of(self._project, self._stack, nodes, None)  # every AWS resource comes with its provider


def _node(resource: Any, parent: str) -> Node:
    inputs, secrets = _properties(resource)
    return Node(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        parent=parent or None,
        custom=resource.HasField("provider") or resource.type.startswith(CUSTOM_WITHOUT_PROVIDER),
        provider=resource.provider.urn if resource.HasField("provider") else None,
        inputs=inputs,
        secrets=secrets,
        options=_options(resource.options),
    )


def _only_read(resource: Any) -> Node:
    """What a program only looks up it asks nothing of: there are no inputs."""
    node = replace(_node(resource, resource.parent), inputs={})
    return replace(node, options={**node.options, "external": True}) if node.custom else node


def _provider(request: Any) -> list[Node]:
    if not request.HasField("provider"):
        return []
    provider = request.provider
    inputs, secrets = _properties(provider)
    return [Node(urn=provider.urn, type=provider.type, name=provider.name, inputs=inputs, secrets=secrets)]


def _properties(resource: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Properties with secrets masked, so that no rule can tell one in its message."""
    values, secrets = plain_properties(json_format.MessageToDict(resource.properties))
    return decoded(resource.type, values), secrets


def _options(options: Any) -> Mapping[str, Any]:
    """Those options that an analyzer is told, under the names a state file uses."""
    given = {
        "protect": options.protect,
        "ignoreChanges": list(options.ignoreChanges),
        "additionalSecretOutputs": list(options.additionalSecretOutputs),
    }
    return {name: value for name, value in given.items() if value}
