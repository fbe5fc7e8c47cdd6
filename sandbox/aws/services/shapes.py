"""Between Pulumi's nested properties and an AWS API's, name by name from the two published schemas.

The way there follows botocore's shape, the way back the Python SDK's `...Args` class; names are matched without regard
to case and plural (`vcpuCount` and `VCpuCount`), those that differ in more are given as `names` (Pulumi → API).
"""

import typing
from collections.abc import Mapping
from typing import Any

from awsread.schema import ObjectSchema, alternatives, object_schema
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.services.live import tag_list, tag_map


def to_api(value: Any, shape: Any, names: Mapping[str, str], path: str = "") -> Any:
    """A property value as a parameter of the given botocore shape."""
    kind = shape.type_name
    if kind == "structure":
        return _structure(value, shape, names, path) if isinstance(value, Mapping) else _wrapped(value, shape)
    if kind == "map" and isinstance(value, list):  # Pulumi lists what the API keys
        return {item["key"]: to_api(_beside_key(item), shape.value, names, path) for item in value}
    if kind == "list" and isinstance(value, Mapping):
        return tag_list(value)
    if kind == "list":
        return [to_api(item, shape.member, names, f"{path}[{index}]") for index, item in enumerate(value)]
    return value.lower() == "true" if kind == "boolean" and isinstance(value, str) else value


def to_props(value: Any, annotation: Any, names: Mapping[str, str]) -> Any:
    """What the API answered as a property of the given SDK annotation."""
    options = alternatives(annotation)
    arguments = next((option for option in options if hasattr(option, "_pulumi_input_type")), None)
    if isinstance(value, Mapping):
        if arguments is not None:
            return _object(value, object_schema(arguments), names)
        bare = next(iter(value.values()), None)  # an address that our side has without an object around it
        return dict(value) if any(_is_map(option) for option in options) else bare
    if isinstance(value, list):
        if any(_is_map(option) for option in options):
            return tag_map(value)
        item = next((typing.get_args(option)[0] for option in options if typing.get_origin(option) is not None), Any)
        return [to_props(one, item, names) for one in value]
    if isinstance(value, bool) and bool not in options and str in options:
        return str(value).lower()
    return value


def _structure(value: Mapping[str, Any], shape: Any, names: Mapping[str, str], path: str) -> dict[str, Any]:
    members = {name.lower(): name for name in shape.members}
    result = {}
    for key, item in value.items():
        if item is None or item == "":
            continue
        candidates = (names.get(key), members.get(key.lower()), members.get(_singular(key)))
        member = next((name for name in candidates if name in shape.members), None)
        if member is None:
            raise InvalidParameterError(f"{path}.{key}: the API's {shape.name} has no such member (got {item!r})")
        result[member] = to_api(item, shape.members[member], names, f"{path}.{key}")
    return result


def _object(value: Mapping[str, Any], schema: ObjectSchema, names: Mapping[str, str]) -> dict[str, Any]:
    spelled = {name.lower(): name for name in schema.properties}
    renamed = {api: name for name, api in names.items() if name in schema.properties}
    result = {}
    for key, item in value.items():
        name = renamed.get(key) or spelled.get(key.lower()) or spelled.get(f"{key.lower()}s")
        if name is not None:
            result[name] = to_props(item, schema.properties[name], names)
    return result


def _singular(name: str) -> str:
    """Pulumi names every list in the plural."""
    return name.lower().removesuffix("s")


def _wrapped(value: Any, shape: Any) -> dict[str, Any]:
    """A bare address where the API has an object around it."""
    return {next(name for name, member in shape.members.items() if member.type_name == "string"): value}


def _beside_key(item: Mapping[str, Any]) -> Any:
    return next(value for name, value in item.items() if name != "key")


def _is_map(option: Any) -> bool:
    origin = typing.get_origin(option)
    return isinstance(origin, type) and issubclass(origin, Mapping)
