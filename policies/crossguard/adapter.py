"""Requests of an engine to an analyzer, as nodes of the graph that the rules read.

The engine sends each resource before it calls the provider: inputs and provider, without dependencies or other
resources. At the end of the deployment it sends all resources, with outputs in place of the inputs, which are kept from
the first request. Resources that a program only looks up are never sent by pulumi, and sent at the end by the sandbox's
engine: `codekeep check` judges them in any case.
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
        self._analyzed: dict[str, Node] = {}

    def resource(self, request: Any) -> tuple[Node, ResourceGraph]:
        """The node of an AnalyzeRequest, and the graph of it and its provider."""
        node = _node(request, request.options.parent)
        graph = self._graph([*_provider(request), node])
        node = graph.node(node.urn)  # with its region
        self._analyzed[node.urn] = node
        return node, graph

    def stack(self, resources: Iterable[Any]) -> tuple[ResourceGraph, list[Node]]:
        """The graph of an AnalyzeStackRequest's resources, and the nodes that no AnalyzeRequest had before."""
        graph = self._graph([self._deployed(resource) for resource in resources])
        return graph, [node for node in graph if node.urn not in self._analyzed]

    def _deployed(self, resource: Any) -> Node:
        outputs, secrets = _properties(resource)
        declared = [name for name in resource.options.additionalSecretOutputs if name in outputs]
        outputs.update(dict.fromkeys(declared, SECRET))
        analyzed = self._analyzed.get(resource.urn) or _only_read(resource)
        return replace(
            analyzed,
            parent=resource.parent or analyzed.parent,
            id=outputs["id"] if isinstance(outputs.get("id"), str) else None,
            outputs=outputs,
            dependencies=tuple(resource.dependencies),
            property_dependencies={
                name: tuple(of.urns) for name, of in resource.propertyDependencies.items() if of.urns
            },
            secrets=tuple(dict.fromkeys([*analyzed.secrets, *secrets, *declared])),
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
    """A resource that the program only looks up: it has no inputs."""
    node = replace(_node(resource, resource.parent), inputs={})
    return replace(node, options={**node.options, "external": True}) if node.custom else node


def _provider(request: Any) -> list[Node]:
    if not request.HasField("provider"):
        return []
    provider = request.provider
    inputs, secrets = _properties(provider)
    return [Node(urn=provider.urn, type=provider.type, name=provider.name, inputs=inputs, secrets=secrets)]


def _properties(resource: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Properties with secrets masked, so that no rule can print one in its message."""
    values, secrets = plain_properties(json_format.MessageToDict(resource.properties))
    return decoded(resource.type, values), secrets


def _options(options: Any) -> Mapping[str, Any]:
    """The options that the engine sends to an analyzer, under the names that a state file uses."""
    given = {
        "protect": options.protect,
        "ignoreChanges": list(options.ignoreChanges),
        "additionalSecretOutputs": list(options.additionalSecretOutputs),
    }
    return {name: value for name, value in given.items() if value}
