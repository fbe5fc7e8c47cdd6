"""Changes of a recorded graph that put a fault back."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from policies.graph import Node, ResourceGraph

Mutation = Callable[[ResourceGraph], ResourceGraph]
Edit = Callable[[dict[str, Any]], None]


def edited(token: str, name: str, edit: Edit) -> Mutation:
    """The inputs of one resource change."""

    def mutate(graph: ResourceGraph) -> ResourceGraph:
        node = graph.one(token, name)
        inputs = copy.deepcopy(dict(node.inputs))
        edit(inputs)
        return with_nodes(graph, lambda each: replace(node, inputs=inputs) if each is node else each)

    return mutate


def set_to(token: str, name: str, path: str, value: Any) -> Mutation:
    """One input of one resource gets another value."""
    *above, last = path.split(".")

    def edit(inputs: dict[str, Any]) -> None:
        for step in above:
            inputs = inputs[step]
        assert inputs.get(last) != value
        inputs[last] = value

    return edited(token, name, edit)


def without(*names: str) -> Mutation:
    """Resources are missing, by the ends of their URNs."""

    def mutate(graph: ResourceGraph) -> ResourceGraph:
        for name in names:
            assert any(each.urn.endswith(name) for each in graph), name
        return with_nodes(graph, lambda each: None if each.urn.endswith(names) else each)

    return mutate


def without_statement(token: str, name: str, prop: str, sid: str) -> Mutation:
    """A policy loses a statement."""

    def edit(policy: dict[str, Any]) -> None:
        assert any(each["Sid"] == sid for each in policy["Statement"])
        policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != sid]

    return _in_policy(token, name, prop, edit)


def with_condition(token: str, name: str, prop: str, sid: str, condition: dict[str, Any]) -> Mutation:
    """A statement of a policy gets a condition more."""

    def edit(policy: dict[str, Any]) -> None:
        [statement] = [each for each in policy["Statement"] if each["Sid"] == sid]
        statement["Condition"] = {**statement.get("Condition", {}), **condition}

    return _in_policy(token, name, prop, edit)


def with_nodes(graph: ResourceGraph, change: Callable[[Node], Node | None]) -> ResourceGraph:
    """The graph with each resource changed, or left out where `change` gives None."""
    changed = (change(each) for each in graph)
    return replace(graph, nodes=tuple(each for each in changed if each is not None))


def _in_policy(token: str, name: str, prop: str, edit: Edit) -> Mutation:
    def rewrite(inputs: dict[str, Any]) -> None:
        policy = json.loads(inputs[prop])
        edit(policy)
        inputs[prop] = json.dumps(policy)

    return edited(token, name, rewrite)
