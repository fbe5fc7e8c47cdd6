"""Validation of a resource's inputs, and what the provider fills in: names, defaults, region, default tags."""

import hashlib
import json
import re
import secrets
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from awsread.schema import ObjectSchema, TypeSchema, alternatives, nearest, object_schema
from sandbox.aws.resource import Props, Resource
from sandbox.aws.values import UNKNOWN

NAME_DIGITS = 7
PREFIX_DIGITS = 26
INTERNAL = "__"  # prefix of Pulumi's internal properties


@dataclass(frozen=True)
class Failure:
    """One problem: Pulumi property path and what is wrong with it."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ProviderDefaults:
    """What the provider's configuration adds to every resource."""

    region: str
    default_tags: Mapping[str, str]


def check(
    resource: Resource,
    schema: TypeSchema,
    *,
    name: str,
    seed: bytes,
    old: Props,
    new: Props,
    provider: ProviderDefaults,
) -> tuple[Props, list[Failure]]:
    """Completed inputs, and every problem found in them."""
    inputs = _documents_as_text(schema.inputs, new)
    inputs = {**resource.defaults, **inputs}
    _fill_region(schema, inputs, provider.region)
    _fill_tags(schema, inputs, provider.default_tags)
    _fill_name(resource, schema, inputs, old, name=name, seed=seed)
    problems = list(object_problems(schema.inputs, inputs, ""))
    problems += [Failure(path, reason) for path, reason in resource.problems(inputs)]
    return inputs, problems


def object_problems(schema: ObjectSchema, value: Props, path: str) -> Iterator[Failure]:
    """Unknown, missing and mistyped properties of one object, at any depth."""
    for key, item in value.items():
        here = f"{path}.{key}" if path else key
        if key.startswith(INTERNAL):
            continue
        if key not in schema.properties:
            yield Failure(here, f"{schema.name} has no property {key!r}{nearest(key, schema.properties)}")
        else:
            yield from value_problems(schema.properties[key], item, here)
    for key in sorted(schema.required - {key for key, item in value.items() if item is not None}):
        yield Failure(f"{path}.{key}" if path else key, f"Missing required property '{key}'")


def value_problems(annotation: Any, value: Any, path: str) -> Iterator[Failure]:
    """Problems of a value: none where an alternative of its annotation fits, else those of the last alternative."""
    if value is UNKNOWN or value is None:
        return
    found: list[Failure] = []
    for option in alternatives(annotation):
        found = list(_option_problems(option, value, path))
        if not found:
            return
    if len(alternatives(annotation)) > 1 and not isinstance(value, Mapping | list):
        found = [Failure(path, f"expected {_names(annotation)}, got {_kind(value)} {value!r}")]
    yield from found


def _option_problems(option: Any, value: Any, path: str) -> Iterator[Failure]:
    origin = typing.get_origin(option)
    arguments = typing.get_args(option)
    if option is Any:
        return
    if origin is not None and issubclass(origin, Mapping):
        yield from _mapping_problems(arguments, value, path)
    elif origin is not None and issubclass(origin, Sequence):
        yield from _list_problems(arguments, value, path)
    elif isinstance(option, type) and hasattr(option, "_pulumi_input_type"):
        if isinstance(value, Mapping):
            yield from object_problems(object_schema(option), dict(value), path)
        else:
            yield Failure(
                path, f"expected an object {option.__name__.removesuffix('Args')}, got {_kind(value)} {value!r}"
            )
    elif not _scalar_fits(option, value):
        yield Failure(path, f"expected {_name(option)}, got {_kind(value)} {value!r}")


def _mapping_problems(arguments: tuple[Any, ...], value: Any, path: str) -> Iterator[Failure]:
    if not isinstance(value, Mapping):
        yield Failure(path, f"expected a map, got {_kind(value)} {value!r}")
        return
    for key, item in value.items():
        yield from value_problems(arguments[1], item, f"{path}[{json.dumps(key)}]")


def _list_problems(arguments: tuple[Any, ...], value: Any, path: str) -> Iterator[Failure]:
    if not isinstance(value, list):
        yield Failure(path, f"expected a list, got {_kind(value)} {value!r}")
        return
    for index, item in enumerate(value):
        yield from value_problems(arguments[0], item, f"{path}[{index}]")


def _scalar_fits(option: Any, value: Any) -> bool:
    if option is bool:
        return isinstance(value, bool)
    if option is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if option is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if option is str:
        return isinstance(value, str)
    if isinstance(option, type) and issubclass(option, Enum):
        return isinstance(value, str | int | float)
    return isinstance(option, type) and isinstance(value, option)


def _names(annotation: Any) -> str:
    return " or ".join(dict.fromkeys(_name(option) for option in alternatives(annotation)))


def _name(option: Any) -> str:
    names = {"str": "a string", "bool": "a boolean", "int": "a whole number", "float": "a number"}
    name = str(getattr(option, "__name__", option))
    return names.get(name, name)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    name = type(value).__name__
    return {"str": "string", "dict": "map"}.get(name, name)


def _documents_as_text(schema: ObjectSchema, inputs: Props) -> Props:
    """Turns policy documents that are objects into the JSON text that AWS expects."""
    return {
        key: json.dumps(value)
        if isinstance(value, Mapping) and str in alternatives(schema.properties.get(key))
        else value
        for key, value in inputs.items()
    }


def _fill_region(schema: TypeSchema, inputs: Props, region: str) -> None:
    if schema.has_input("region") and not inputs.get("region"):
        inputs["region"] = region


def _fill_tags(schema: TypeSchema, inputs: Props, default_tags: Mapping[str, str]) -> None:
    tags = inputs.get("tags")
    if not default_tags or "tagsAll" not in schema.outputs or not (tags is None or isinstance(tags, Mapping)):
        return
    inputs["tags"] = {**default_tags, **(tags or {})}


def _fill_name(resource: Resource, schema: TypeSchema, inputs: Props, old: Props, *, name: str, seed: bytes) -> None:
    """Generates a physical name: logical name, hyphen, seven hex digits. A generated name of the old inputs is kept."""
    key = resource.auto_name
    if key is None or inputs.get(key):
        return
    prefix = inputs.get(f"{key}Prefix") if schema.has_input(f"{key}Prefix") else None
    digits = PREFIX_DIGITS if prefix else NAME_DIGITS
    stem = prefix or f"{name}-"[: resource.auto_name_max - digits]
    if stem is UNKNOWN:
        inputs[key] = UNKNOWN
        return
    previous = old.get(key)
    if isinstance(previous, str) and is_automatic(resource, name, previous, inputs, stem):
        inputs[key] = previous
    else:
        inputs[key] = resource.name_for(f"{stem}{_hex_digits(seed, digits)}", inputs)


def is_automatic(resource: Resource, name: str, found: str, inputs: Props, stem: str | None = None) -> bool:
    """Whether a physical name was generated from this logical name, for inputs like these."""
    start = stem or f"{name}-"[: resource.auto_name_max - NAME_DIGITS]
    before, _, after = resource.name_for(f"{start}\0", inputs).partition("\0")
    digits = rf"(?:[0-9a-f]{{{NAME_DIGITS}}}|[0-9a-f]{{{PREFIX_DIGITS}}})"
    return re.fullmatch(f"{re.escape(before)}{digits}{re.escape(after)}", found) is not None


def _hex_digits(seed: bytes, count: int) -> str:
    return (hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(count))[:count]
