"""The state's graph with every property as it is in the account.

Kubernetes objects are not read: the cluster's API is private. They are judged as the state has them.
"""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from awsread.errors import is_gone
from awsread.reader import Reader, reader_of
from awsread.schema import schema_of
from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.graph.build import graph_of
from policies.live.account import Account, Region

AT_ONCE = 12  # calls under way; AWS answers each in some hundredths of a second


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A resource whose properties could not be read, and why."""

    node: Node
    reason: str


@dataclass(frozen=True, kw_only=True)
class Live:
    """A stack as the account has it. `gone` are resources of the state that do not exist."""

    graph: ResourceGraph
    assumed: ResourceGraph  # the same, but what could not be read is as the state has it
    gone: tuple[Node, ...]
    unread: tuple[Unread, ...]


def overlaid(state: ResourceGraph, account: Account) -> Live:
    """Reads every AWS resource of the state.

    A resource that is gone is no node of the result. One that cannot be read has unknown values: no rule passes on it.
    """
    nodes: list[Node] = []
    gone: list[Node] = []
    unread: list[Unread] = []
    with ThreadPoolExecutor(AT_ONCE) as threads:
        read = list(threads.map(lambda node: _outcome(node, account, state), state))
    for node, found in zip(state, read, strict=True):
        if isinstance(found, Unread):
            unread.append(found)
            nodes.append(_unknown(node))
        elif found is None:
            gone.append(node)
        else:
            nodes.append(found)
    known = {each.node.urn: each.node for each in unread}
    assumed = [known.get(node.urn, node) for node in nodes]
    return Live(
        graph=graph_of(state.project, state.stack, nodes, account.region),
        assumed=graph_of(state.project, state.stack, assumed, account.region),
        gone=tuple(gone),
        unread=tuple(unread),
    )


def _outcome(node: Node, account: Account, state: ResourceGraph) -> Node | Unread | None:
    """The node as it is, None where it is gone; one that is not AWS's, or not the stack's own, is as in the state."""
    if node.package != "aws" or not node.custom or node.options.get("external"):
        return node
    if not account.emulates(node.type):
        return Unread(node=node, reason=f"this account is a stand-in that records {node.type} and does not emulate it")
    reader = reader_of(node.type)
    if reader is None or reader.is_secret:
        return Unread(node=node, reason=f"codekeep does not read {node.type} from the account")
    try:
        return _read(reader, node, Region(account=account, region=node.region or account.region, state=state))
    except Exception as error:
        return None if is_gone(error) else Unread(node=node, reason=str(error) or type(error).__name__)


def _read(reader: Reader, node: Node, region: Region) -> Node | None:
    found = reader.read(region, node.id or "", {**node.outputs, **node.inputs})
    if found is None:
        return None
    unread = reader.unread(node.inputs, found)
    kept = {name: UNKNOWN if name in unread else value for name, value in node.inputs.items()}
    inputs = schema_of(node.type).inputs.properties
    live = {
        name: _as_known(node.inputs.get(name), node.outputs.get(name), value)
        for name, value in found.items()
        if value is not None and name in inputs
    }
    return _with_inputs(node, {**kept, **live})


def _with_inputs(node: Node, inputs: Mapping[str, Any]) -> Node:
    """Unchanged values keep the state's dependencies; changed ones refer to whatever they name."""
    same = {
        name: urns for name, urns in node.property_dependencies.items() if inputs.get(name) == node.inputs.get(name)
    }
    outputs = {name: value for name, value in node.outputs.items() if name not in inputs}
    return replace(node, inputs=inputs, outputs={**outputs, **inputs}, property_dependencies=same)


def _unknown(node: Node) -> Node:
    fixed = {"region"}
    return _with_inputs(node, {name: value if name in fixed else UNKNOWN for name, value in node.inputs.items()})


def _as_known(before: Any, state: Any, now: Any) -> Any:
    """A live value in the program's spelling where both mean the same.

    JSON texts and lists whose order AWS does not keep are compared by meaning. Details that AWS filled in and that are
    as the state has them are left out.
    """
    if _canonical(before) == _canonical(now):
        return before
    if not isinstance(before, Mapping) or not isinstance(now, Mapping):
        return now
    known = state if isinstance(state, Mapping) else {}
    return {
        name: _as_known(before.get(name), known.get(name), value)
        for name, value in now.items()
        if name in before or _canonical(value) != _canonical(known.get(name))
    }


def _canonical(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return _canonical(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, Mapping):
        return {name: _canonical(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted(json.dumps(_canonical(each), sort_keys=True, default=str) for each in value)
    if isinstance(value, (bool, int, float)):
        return str(value).lower()  # Pulumi has some of them as text
    return value
