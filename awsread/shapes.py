"""Converts answers of AWS APIs to nested properties of the Python SDK's `...Args` classes.

Names are matched without regard to case and plural (`VCpuCount` and `vcpuCount`); further differences are listed in
`names` (Pulumi → API).
"""

import typing
from collections.abc import Mapping
from typing import Any

from awsread.answers import tag_map
from awsread.schema import ObjectSchema, alternatives, object_schema


def to_props(value: Any, annotation: Any, names: Mapping[str, str]) -> Any:
    """An answer as a property with the SDK's annotation."""
    options = alternatives(annotation)
    arguments = next((option for option in options if hasattr(option, "_pulumi_input_type")), None)
    if isinstance(value, Mapping):
        if arguments is not None:
            return _object(value, object_schema(arguments), names)
        bare = next(iter(value.values()), None)  # an address, which in Pulumi has no object around it
        return dict(value) if any(_is_map(option) for option in options) else bare
    if isinstance(value, list):
        if any(_is_map(option) for option in options):
            return tag_map(value)
        item = next((typing.get_args(option)[0] for option in options if typing.get_origin(option) is not None), Any)
        return [to_props(one, item, names) for one in value]
    if isinstance(value, bool) and bool not in options and str in options:
        return str(value).lower()
    return value


def _object(value: Mapping[str, Any], schema: ObjectSchema, names: Mapping[str, str]) -> dict[str, Any]:
    spelled = {name.lower(): name for name in schema.properties}
    renamed = {api: name for name, api in names.items() if name in schema.properties}
    result = {}
    for key, item in value.items():
        name = renamed.get(key) or spelled.get(key.lower()) or spelled.get(f"{key.lower()}s")
        if name is not None:
            result[name] = to_props(item, schema.properties[name], names)
    return result


def _is_map(option: Any) -> bool:
    origin = typing.get_origin(option)
    return isinstance(origin, type) and issubclass(origin, Mapping)
