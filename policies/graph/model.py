"""Nodes and their graph. Everything that judges or draws a keep reads these and nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

from policies.graph.values import UNKNOWN, texts_in

T = TypeVar("T")

Props = Mapping[str, Any]
"""Property bag: Pulumi's camelCase names; UNKNOWN and SECRET replace values that cannot be read."""


STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_TYPE_PREFIX = "pulumi:providers:"
BUCKET_TYPES = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")  # whose name, given by the program, is their id


@dataclass(frozen=True, kw_only=True)
class Source:
    """The line of the program that registered a resource; `file` is relative to the project root if it lies in it."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class Node:
    """One resource or component.

    `property_dependencies` says for each top-level input which nodes its value was computed from. `secrets` are paths
    ("password", "settings.tokens[0]") into inputs and outputs; the values themselves are SECRET in both.
    """

    urn: str
    type: str
    name: str
    parent: str | None = None
    custom: bool = True
    id: str | None = None
    provider: str | None = None  # URN of the provider; None is the default provider
    region: str | None = None
    inputs: Props = field(default_factory=dict)
    outputs: Props = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    options: Props = field(default_factory=dict)
    source: Source | None = None

    @property
    def is_component(self) -> bool:
        """Whether it only groups others; the stack itself is one too."""
        return not self.custom

    @property
    def is_provider(self) -> bool:
        return self.type.startswith(PROVIDER_TYPE_PREFIX)

    @property
    def package(self) -> str:
        """`aws` for `aws:kms/key:Key`."""
        return self.type.split(":", 1)[0]

    def value(self, name: str) -> Any:
        """A property as far as it is known: the output, else the input, else UNKNOWN while the resource has no id."""
        if name in self.outputs:
            return self.outputs[name]
        if name in self.inputs:
            return self.inputs[name]
        return UNKNOWN if self.custom and not self.id else None


class UnknownNodeError(KeyError):
    """A URN, or a type and name, that the graph does not contain."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, kw_only=True)
class ResourceGraph:
    """All nodes of one stack, in the order they were registered: parents and dependencies come first."""

    project: str
    stack: str
    nodes: tuple[Node, ...]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    @cached_property
    def _by_urn(self) -> Mapping[str, Node]:
        return {node.urn: node for node in self.nodes}

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[Node, ...]]:
        return _grouped(self.nodes, lambda node: [node.parent])

    @cached_property
    def _by_type(self) -> Mapping[str | None, tuple[Node, ...]]:
        return _grouped(self.nodes, lambda node: [node.type])

    @cached_property
    def _dependants(self) -> Mapping[str | None, tuple[Node, ...]]:
        return _grouped(self.nodes, lambda node: list(self._direct(node)))

    def get(self, urn: str) -> Node | None:
        return self._by_urn.get(urn)

    def node(self, urn: str) -> Node:
        """The node of a URN.

        Raises:
            UnknownNodeError: the graph does not contain it.
        """
        if urn not in self._by_urn:
            raise UnknownNodeError(f"the graph of {self.project}/{self.stack} does not contain {urn}")
        return self._by_urn[urn]

    def one(self, type: str, name: str | None = None) -> Node:  # noqa: A002 - Pulumi's word
        """The only node of a type, or of a type and name.

        Raises:
            UnknownNodeError: there is none, or more than one; the message names the nodes of the type.
        """
        found = [node for node in self.of_type(type) if name is None or node.name == name]
        if len(found) != 1:
            there = ", ".join(node.name for node in self.of_type(type)) or "none"
            raise UnknownNodeError(
                f"{len(found)} nodes of type {type}{f' named {name}' if name else ''}; there are: {there}"
            )
        return found[0]

    def of_type(self, *types: str) -> list[Node]:
        """Nodes of the given type tokens, in registration order."""
        if len(types) == 1:
            return list(self._by_type.get(types[0], ()))
        return [node for node in self.nodes if node.type in types]

    @property
    def resources(self) -> list[Node]:
        """What the stack creates: no components, no providers, nothing that it only reads."""
        return [
            node
            for node in self.nodes
            if node.custom and not node.is_provider and not node.options.get("external", False)
        ]

    @property
    def components(self) -> list[Node]:
        """Components without the stack."""
        return [node for node in self.nodes if node.is_component and node.type != STACK_TYPE]

    @property
    def outputs(self) -> Props:
        """The stack's own outputs."""
        return next((node.outputs for node in self.nodes if node.type == STACK_TYPE), {})

    def children(self, urn: str) -> list[Node]:
        return list(self._children.get(urn, ()))

    def descendants(self, urn: str) -> list[Node]:
        """Everything below a component, in depth-first order."""
        found: list[Node] = []
        for child in self.children(urn):
            found += [child, *self.descendants(child.urn)]
        return found

    def ancestors(self, node: Node) -> list[Node]:
        """Parent, its parent and so on; the stack last."""
        found: list[Node] = []
        parent = node.parent
        while parent is not None and (above := self.get(parent)) is not None:
            found.append(above)
            parent = above.parent
        return found

    def dependants(self, urn: str) -> list[Node]:
        """Nodes that name this one among their dependencies."""
        return list(self._dependants.get(urn, ()))

    def depends_on(self, node: Node, other: Node) -> bool:
        """Whether `node` waits for `other`, directly or through other nodes."""
        return other.urn in self.needs(node)

    def needs(self, node: Node) -> set[str]:
        """URNs of everything that `node` waits for, directly or through other nodes."""
        found: set[str] = set()
        waiting = list(self._direct(node))
        while waiting:
            urn = waiting.pop()
            if urn not in found:
                found.add(urn)
                if (between := self.get(urn)) is not None:
                    waiting += self._direct(between)
        return found

    def references(self, node: Node, name: str, *types: str) -> list[Node]:
        """Nodes that the input `name` was computed from, those of `types` only where given.

        Where no dependency was recorded: nodes whose id, ARN or (for a bucket) name is in the input.
        """
        urns = dict.fromkeys(node.property_dependencies.get(name, ()))
        if not urns:
            urns = dict.fromkeys(
                identified
                for _, text in texts_in(node.inputs.get(name))
                for identified in self._by_identity.get(text, ())
            )
        found = [referred for urn in urns if (referred := self.get(urn)) is not None]
        return [referred for referred in found if not types or referred.type in types]

    def referrers(self, node: Node, name: str, *types: str) -> list[Node]:
        """Nodes of `types` whose input `name` leads to `node`: what completes or attaches to it."""
        return [each for token in types for each in self._referrers(token, name).get(node.urn, ())]

    def derived(self, build: "Callable[[ResourceGraph], T]") -> T:
        """`build(graph)`, computed once: for rules that would otherwise walk the graph for every node."""
        if build not in self._derivations:
            self._derivations[build] = build(self)
        return cast("T", self._derivations[build])

    @cached_property
    def _derivations(self) -> dict[Any, Any]:
        return {}

    def _referrers(self, token: str, name: str) -> Mapping[str, Sequence[Node]]:
        key = (token, name)
        if key not in self._derivations:
            by_target: dict[str, list[Node]] = {}
            for node in self.of_type(token):
                for target in self.references(node, name):
                    by_target.setdefault(target.urn, []).append(node)
            self._derivations[key] = by_target
        return cast("Mapping[str, Sequence[Node]]", self._derivations[key])

    @cached_property
    def _by_identity(self) -> Mapping[str, tuple[str, ...]]:
        named: dict[str, dict[str, None]] = {}
        for node in self.nodes:
            if node.custom and not node.is_provider:
                name = node.inputs.get("bucket") if node.type in BUCKET_TYPES else None
                for identity in {node.id, node.outputs.get("arn"), name}:
                    if isinstance(identity, str) and identity:
                        named.setdefault(identity, {})[node.urn] = None
        return {identity: tuple(urns) for identity, urns in named.items()}

    def _direct(self, node: Node) -> Sequence[str]:
        provider = [node.provider] if node.provider else []
        by_property = [urn for urns in node.property_dependencies.values() for urn in urns]
        return list(dict.fromkeys([*node.dependencies, *by_property, *provider]))


def _grouped(nodes: Sequence[Node], keys: Any) -> Mapping[str | None, tuple[Node, ...]]:
    groups: dict[str | None, list[Node]] = {}
    for node in nodes:
        for key in keys(node):
            groups.setdefault(key, []).append(node)
    return {key: tuple(found) for key, found in groups.items()}
