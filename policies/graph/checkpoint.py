"""The graph of what is deployed (a state file, `pulumi stack export`) or planned (`pulumi preview --json`)."""

from collections.abc import Mapping
from typing import Any

from policies.graph.build import decoded, graph_of, provider_urn
from policies.graph.model import Node, ResourceGraph, Source
from policies.graph.values import SECRET
from policies.graph.wire import plain_properties

DEPLOYMENT_VERSION = 3
PLANNED_REMOVALS = frozenset({"delete", "delete-replaced", "discard", "discard-replaced", "remove-pending-replace"})
OPTIONS = (
    "protect",
    "retainOnDelete",
    "external",
    "ignoreChanges",
    "replaceOnChanges",
    "deletedWith",
    "importID",
    "customTimeouts",
    "additionalSecretOutputs",
)


class GraphSourceError(ValueError):
    """The document is not one a graph can be read from."""


def from_checkpoint(document: Mapping[str, Any], project: str = "", stack: str = "") -> ResourceGraph:
    """Reads a file backend's state file or the output of `pulumi stack export`.

    Raises:
        GraphSourceError: the document is neither.
    """
    deployment = _deployment(document)
    resources = deployment.get("resources") or []
    return _graph([state for state in resources if not state.get("delete")], project, stack)


def from_preview(document: Mapping[str, Any], project: str = "", stack: str = "") -> ResourceGraph:
    """Reads the output of `pulumi preview --json`: the stack as it would be after the deployment.

    Raises:
        GraphSourceError: the document has no list `steps`.
    """
    steps = document.get("steps")
    if not isinstance(steps, list):
        raise GraphSourceError("a preview has a list `steps` at its top (the output of `pulumi preview --json`)")
    states: dict[str, Mapping[str, Any]] = {}
    for step in steps:
        if step["op"] not in PLANNED_REMOVALS and step.get("newState"):
            states[step["urn"]] = step["newState"]
    return _graph(list(states.values()), project, stack)


def _deployment(document: Mapping[str, Any]) -> Mapping[str, Any]:
    checkpoint = document.get("checkpoint")
    found = document.get("deployment") or (checkpoint.get("latest") if isinstance(checkpoint, Mapping) else None)
    if document.get("version") != DEPLOYMENT_VERSION:
        raise GraphSourceError(f"`version` must be {DEPLOYMENT_VERSION}, got {document.get('version')!r}")
    if found is None and isinstance(checkpoint, Mapping):
        return {}  # a stack that was never brought up
    if not isinstance(found, Mapping):
        raise GraphSourceError("neither `deployment` (stack export) nor `checkpoint.latest` (state file) is there")
    return found


def _graph(states: list[Mapping[str, Any]], project: str, stack: str) -> ResourceGraph:
    nodes = [_node(state) for state in states]
    if nodes:
        _, _, stack_and_rest = nodes[0].urn.partition("urn:pulumi:")
        found_stack, found_project, *_ = stack_and_rest.split("::")
        project, stack = project or found_project, stack or found_stack
    default = next(
        (node.inputs.get("region") for node in nodes if node.name.startswith("default") and node.is_provider), None
    )
    return graph_of(project, stack, nodes, default)


def _node(state: Mapping[str, Any]) -> Node:
    inputs, secret_inputs = plain_properties(state.get("inputs"))
    outputs, secret_outputs = plain_properties(state.get("outputs"))
    inputs = decoded(state["type"], inputs)
    declared = [name for name in state.get("additionalSecretOutputs") or () if name in outputs]
    outputs.update(dict.fromkeys(declared, SECRET))
    return Node(
        urn=state["urn"],
        type=state["type"],
        name=state["urn"].rpartition("::")[2],
        parent=state.get("parent") or None,
        custom=bool(state.get("custom")),
        id=state.get("id") or None,
        provider=provider_urn(state.get("provider") or ""),
        inputs=inputs,
        outputs=outputs,
        dependencies=tuple(state.get("dependencies") or ()),
        property_dependencies={
            name: tuple(urns) for name, urns in (state.get("propertyDependencies") or {}).items() if urns
        },
        secrets=tuple(dict.fromkeys([*secret_inputs, *secret_outputs, *declared])),
        options={name: state[name] for name in OPTIONS if state.get(name)},
        source=_source(state.get("sourcePosition") or ""),
    )


def _source(position: str) -> Source | None:
    """`project:///stacks/program.py#12,4` as the engines write it."""
    path, _, place = position.partition("#")
    line = place.split(",")[0]
    if not line.isdigit():
        return None
    return Source(file=path.removeprefix("project:///").removeprefix("file://"), line=int(line))
