"""The state of each resource, and its JSON in a checkpoint of version 3."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache
from typing import Any, Self

from sandbox.engine.crypter import Crypter
from sandbox.engine.urn import name_of, parse_provider_ref
from sandbox.engine.values import Props, Value, from_json, secret, to_json


@dataclass(frozen=True, kw_only=True)
class ResourceState:
    """One instance of a resource. A URN may have several: the live one, and replaced ones that are yet to be deleted
    (`delete`).
    """

    urn: str
    type: str
    custom: bool
    id: str = ""
    inputs: Props = field(default_factory=dict)
    outputs: Props = field(default_factory=dict)
    parent: str = ""
    provider: str = ""  # provider reference; empty for components and providers
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool = False
    external: bool = False  # read, not managed
    delete: bool = False  # replaced: the real resource still exists and is yet to be deleted
    pending_replacement: bool = False  # deleted already, its replacement is yet to be created
    retain_on_delete: bool = False
    deleted_with: str = ""
    init_errors: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)  # create, update, delete, read → seconds
    import_id: str = ""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    created: str = ""  # RFC 3339
    modified: str = ""
    source_position: str = ""
    unmodelled: Mapping[str, Any] = field(default_factory=dict)  # written by newer engines, kept as it is

    @property
    def name(self) -> str:
        return name_of(self.urn)

    def with_(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def with_outputs(self, outputs: Props) -> Self:
        """With new outputs; those that the program named secret are marked."""
        named = self.additional_secret_outputs
        return self.with_(outputs={key: secret(value) if key in named else value for key, value in outputs.items()})

    def timeout(self, operation: str) -> float:
        """The timeout in seconds; 0 means the provider's default."""
        return self.custom_timeouts.get(operation, 0.0)

    @property
    def managed(self) -> bool:
        """Whether a real resource exists that the stack owns: not one that is only read or already deleted."""
        return not self.external and not self.pending_replacement

    def references(self) -> Iterator[str]:
        """URNs that must exist for this resource to exist: parent, provider, dependencies, deletedWith."""
        yield from self.dependencies
        for urns in self.property_dependencies.values():
            yield from urns
        if self.parent:
            yield self.parent
        if self.provider:
            yield parse_provider_ref(self.provider).urn
        if self.deleted_with:
            yield self.deleted_with

    def without_references(self, gone: frozenset[str]) -> Self:
        """The same resource without its references to what is gone."""
        return self.with_(
            dependencies=tuple(urn for urn in self.dependencies if urn not in gone),
            property_dependencies={
                key: kept
                for key, urns in self.property_dependencies.items()
                if (kept := tuple(urn for urn in urns if urn not in gone))
            },
            deleted_with="" if self.deleted_with in gone else self.deleted_with,
            parent="" if self.parent in gone else self.parent,
        )


@dataclass(frozen=True)
class Operation:
    """A provider call in progress. It stays in the state where the engine died before its end."""

    type: str  # creating, updating, deleting, reading
    resource: ResourceState


@cache
def _json_key(name: str) -> str:
    """`retain_on_delete` → `retainOnDelete`."""
    first, *rest = name.split("_")
    return "importID" if name == "import_id" else first + "".join(map(str.title, rest))


_PLAIN = {field.name: field.default for field in fields(ResourceState) if field.default is not MISSING}
"""Texts, flags and lists: what is stored as it is, with its empty value."""
_OTHERS = ("urn", "type", "custom", "inputs", "outputs", "property_dependencies", "custom_timeouts")
_MODELLED = frozenset(map(_json_key, (*_PLAIN, *_OTHERS)))


def resource_to_json(state: ResourceState, crypter: Crypter) -> dict[str, Any]:
    """A `ResourceV3`, without empty fields, as Pulumi writes it."""
    values: dict[str, Value] = {
        **{_json_key(name): getattr(state, name) for name in _PLAIN},
        "inputs": to_json(state.inputs, crypter),
        "outputs": to_json(state.outputs, crypter),
        "propertyDependencies": state.property_dependencies,
        "customTimeouts": state.custom_timeouts,
    }
    filled = {key: value for key, value in values.items() if value}
    return {"urn": state.urn, "custom": state.custom, "type": state.type, **filled, **state.unmodelled}


def resource_from_json(data: Mapping[str, Any], crypter: Crypter) -> ResourceState:
    plain = {name: type(empty)(data.get(_json_key(name)) or empty) for name, empty in _PLAIN.items()}
    return ResourceState(
        urn=data["urn"],
        type=data["type"],
        custom=data.get("custom", False),
        **plain,
        inputs=from_json(data.get("inputs") or {}, crypter),
        outputs=from_json(data.get("outputs") or {}, crypter),
        property_dependencies={k: tuple(v or ()) for k, v in (data.get("propertyDependencies") or {}).items()},
        custom_timeouts=dict(data.get("customTimeouts") or {}),
        unmodelled={key: value for key, value in data.items() if key not in _MODELLED},
    )


def operation_to_json(operation: Operation, crypter: Crypter) -> dict[str, Any]:
    return {"resource": resource_to_json(operation.resource, crypter), "type": operation.type}


def operation_from_json(data: Mapping[str, Any], crypter: Crypter) -> Operation:
    return Operation(data["type"], resource_from_json(data["resource"], crypter))


def in_dependency_order(states: Mapping[str, ResourceState]) -> list[str]:
    """Keys such that each resource comes after those it refers to; otherwise in the given order.

    Pulumi checks this order when it loads a checkpoint. A reference is to the live instance of its URN, else to the
    replaced ones.
    """
    by_urn: dict[str, list[str]] = {}
    for key, state in states.items():
        by_urn.setdefault(state.urn, []).append(key)

    def targets(key: str) -> Iterator[str]:
        for urn in states[key].references():
            instances = by_urn.get(urn, [])
            live = [other for other in instances if not states[other].delete]
            yield from live or instances

    order: dict[str, None] = {}
    entered: set[str] = set()
    for root in states:
        stack = [] if root in entered else [(root, targets(root))]
        entered.add(root)
        while stack:
            key, rest = stack[-1]
            following = next((other for other in rest if other not in entered), None)
            if following is None:
                order[key] = None
                stack.pop()
            else:
                entered.add(following)
                stack.append((following, targets(following)))
    return list(order)
