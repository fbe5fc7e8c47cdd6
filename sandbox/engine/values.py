"""Property values: JSON-like Python with secrets, unknowns and resource references; to and from protobuf and JSON.

Assets and archives are refused: nothing here uses them. Output values become secrets and unknowns, as in the real
engine for everything but remote components.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2

from sandbox.engine.crypter import Crypter

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - marks a secret, is none
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET_SIGNATURES: Final = frozenset({"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"})
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_EXACT_INTEGERS = 2**53

Value = Any
Props = dict[str, Value]


class UnsupportedValueError(ValueError):
    """A kind of value that this engine does not support."""


class Unknown:
    """A value that is known only once the deployment has run. The one instance is UNKNOWN."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted at rest and never printed."""

    value: Value

    def __repr__(self) -> str:
        return "[secret]"


@dataclass(frozen=True)
class ResourceReference:
    """Another resource as a value. `id` is None for components."""

    urn: str
    id: Value = None
    package_version: str = ""


def secret(value: Value) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


# --- protobuf ------------------------------------------------------------------------------------------------------


def props_from_struct(struct: struct_pb2.Struct) -> Props:
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value == UNKNOWN_TEXT else value.string_value
    if kind == "struct_value":
        return _from_object({key: _from_value(item) for key, item in value.struct_value.fields.items()})
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "number_value":
        return _number(value.number_value)
    if kind == "bool_value":
        return value.bool_value
    return None


def _number(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < _EXACT_INTEGERS else number


def _from_object(fields: dict[str, Value]) -> Value:
    signature = fields.get(SIGNATURE)
    if signature is None:
        return fields
    if signature == SECRET_SIGNATURE:
        return secret(fields.get("value"))
    if signature == RESOURCE_SIGNATURE:
        return ResourceReference(fields["urn"], fields.get("id"), fields.get("packageVersion", ""))
    if signature == OUTPUT_SIGNATURE:
        value = fields.get("value", UNKNOWN)
        return secret(value) if fields.get("secret") else value
    raise _unsupported(signature)


def _unsupported(signature: object) -> UnsupportedValueError:
    kind = "assets and archives" if signature in ASSET_SIGNATURES else f"values of signature {signature!r}"
    return UnsupportedValueError(f"the sandbox engine does not support {kind}; use the pulumi CLI for this program")


def struct_from_props(props: Mapping[str, Value], *, secrets: bool = True, resources: bool = True) -> struct_pb2.Struct:
    """The wire form. Without `secrets` these are plain values, without `resources` references are ids or URNs."""
    struct = struct_pb2.Struct()
    for key, value in props.items():
        _fill(struct.fields[key], value, secrets, resources)
    return struct


def _fill(target: struct_pb2.Value, value: Value, secrets: bool, resources: bool) -> None:
    if isinstance(value, str):
        target.string_value = value
    elif value is None:
        target.null_value = 0
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, Mapping):
        fields = target.struct_value.fields
        target.struct_value.SetInParent()
        for key, item in value.items():
            _fill(fields[key], item, secrets, resources)
    elif isinstance(value, list | tuple):
        target.list_value.SetInParent()
        for item in value:
            _fill(target.list_value.values.add(), item, secrets, resources)
    elif value is UNKNOWN:
        target.string_value = UNKNOWN_TEXT
    elif isinstance(value, Secret):
        inner = {SIGNATURE: SECRET_SIGNATURE, "value": value.value} if secrets else value.value
        _fill(target, inner, secrets, resources)
    elif isinstance(value, ResourceReference):
        _fill(target, _reference(value, resources), secrets, resources)
    else:
        raise TypeError(f"no property value: {type(value).__name__}")


def _reference(reference: ResourceReference, resources: bool) -> Value:
    if not resources:
        return reference.urn if reference.id is None else reference.id
    fields = {SIGNATURE: RESOURCE_SIGNATURE, "urn": reference.urn}
    if reference.id is not None:
        fields["id"] = reference.id
    if reference.package_version:
        fields["packageVersion"] = reference.package_version
    return fields


# --- JSON of the checkpoint ----------------------------------------------------------------------------------------


def to_json(value: Value, crypter: Crypter) -> Any:
    """The checkpoint's form: secrets are encrypted."""

    def leaf(value: Value) -> Any:
        if value is UNKNOWN:
            return UNKNOWN_TEXT
        if isinstance(value, Secret):
            plaintext = json.dumps(to_json(value.value, crypter), separators=(",", ":"), sort_keys=True)
            return {SIGNATURE: SECRET_SIGNATURE, "ciphertext": crypter.encrypt(plaintext)}
        if isinstance(value, ResourceReference):
            return to_json(_reference(value, resources=True), crypter)
        if value is None or isinstance(value, str | bool | int | float):
            return value
        raise TypeError(f"no property value: {type(value).__name__}")

    return map_leaves(value, leaf)


def from_json(value: Any, crypter: Crypter) -> Value:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            plaintext = value["plaintext"] if "plaintext" in value else crypter.decrypt(value["ciphertext"])
            return secret(from_json(json.loads(plaintext), crypter))
        return _from_object({key: from_json(item, crypter) for key, item in value.items()})
    if isinstance(value, list):
        return [from_json(item, crypter) for item in value]
    return UNKNOWN if value == UNKNOWN_TEXT else value


# --- walks ---------------------------------------------------------------------------------------------------------


def map_leaves(value: Value, leaf: Callable[[Value], Any]) -> Any:
    """The value with `leaf` applied to everything that is no object or list; a secret is a leaf."""
    if isinstance(value, Mapping):
        return {key: map_leaves(item, leaf) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [map_leaves(item, leaf) for item in value]
    return leaf(value)


def leaves(value: Value) -> Iterator[Value]:
    """Every scalar, secret, unknown and reference inside, and what is inside the secrets."""
    if isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from leaves(item)
        return
    yield value
    if isinstance(value, Secret):
        yield from leaves(value.value)


def has_unknowns(value: Value) -> bool:
    return any(
        leaf is UNKNOWN or (isinstance(leaf, ResourceReference) and leaf.id is UNKNOWN) for leaf in leaves(value)
    )


def has_secrets(value: Value) -> bool:
    return any(isinstance(leaf, Secret) for leaf in leaves(value))


def reveal(value: Value) -> Value:
    """The value without secret marks, for comparing and for providers that do not accept them. Never print it."""
    return map_leaves(value, lambda leaf: reveal(leaf.value) if isinstance(leaf, Secret) else leaf)


def mask(value: Value) -> Any:
    """For display: `[secret]` and `[unknown]` in place of what cannot be shown, URNs in place of references."""
    return map_leaves(value, _masked)


def _masked(leaf: Value) -> Any:
    if isinstance(leaf, Secret):
        return "[secret]"
    if leaf is UNKNOWN:
        return "[unknown]"
    return leaf.urn if isinstance(leaf, ResourceReference) else leaf


def equal(left: Value, right: Value) -> bool:
    """Deep equality that distinguishes True from 1. An unknown equals nothing, not even another unknown."""
    if left is UNKNOWN or right is UNKNOWN or isinstance(left, bool) != isinstance(right, bool):
        return False
    if isinstance(left, Secret) or isinstance(right, Secret):
        return isinstance(left, Secret) and isinstance(right, Secret) and equal(left.value, right.value)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    return bool(left == right)


def carry_secrets(outputs: Props, inputs: Mapping[str, Value]) -> Props:
    """Marks outputs secret whose inputs were: for providers that drop the marks."""
    return {key: _carry(value, inputs.get(key)) for key, value in outputs.items()}


def _carry(output: Value, source: Value) -> Value:
    if isinstance(source, Secret):
        return secret(output)
    if isinstance(output, dict) and isinstance(source, Mapping):
        return carry_secrets(output, source)
    if isinstance(output, list) and isinstance(source, list):
        padded = source + [None] * (len(output) - len(source))
        return [_carry(item, padded[index]) for index, item in enumerate(output)]
    return output
