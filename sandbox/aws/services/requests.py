"""Calls AWS APIs with Pulumi's inputs, whose names are matched with those of botocore's published model.

Names are matched without regard to case and plural (`vcpuCount` and `VCpuCount`); further differences
are listed in `names` (Pulumi → API).
"""

from collections.abc import Mapping
from typing import Any

from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Props

TAGGING = {  # service → calls that set and remove tags, and the argument that names the resource
    "acm": ("add_tags_to_certificate", "remove_tags_from_certificate", "CertificateArn"),
    "backup": ("tag_resource", "untag_resource", "ResourceArn"),
    "cloudtrail": ("add_tags", "remove_tags", "ResourceId"),
    "cloudwatch": ("tag_resource", "untag_resource", "ResourceARN"),
    "ec2": ("create_tags", "delete_tags", "Resources"),
    "ecr": ("tag_resource", "untag_resource", "resourceArn"),
    "eks": ("tag_resource", "untag_resource", "resourceArn"),
    "elbv2": ("add_tags", "remove_tags", "ResourceArns"),
    "events": ("tag_resource", "untag_resource", "ResourceARN"),
    "kms": ("tag_resource", "untag_resource", "KeyId"),
    "logs": ("tag_resource", "untag_resource", "resourceArn"),
    "opensearch": ("add_tags", "remove_tags", "ARN"),
    "secretsmanager": ("tag_resource", "untag_resource", "SecretId"),
    "sns": ("tag_resource", "untag_resource", "ResourceArn"),
    "sqs": ("tag_queue", "untag_queue", "QueueUrl"),
    "ssm": ("add_tags_to_resource", "remove_tags_from_resource", "ResourceId"),
}


def call(client: Any, operation: str, inputs: Props, names: Mapping[str, str] | None = None, **more: Any) -> Props:
    """Calls an operation with the inputs that are parameters of it, and with `more`."""
    return dict(getattr(client, operation)(**{**arguments(client, operation, inputs, names or {}), **more}))


def arguments(client: Any, operation: str, inputs: Props, names: Mapping[str, str]) -> Props:
    """The inputs that are parameters of an operation, in the API's spelling."""
    shape = input_shape(client, operation)
    members = {name.lower(): name for name in shape.members}
    found: Props = {}
    for name, value in inputs.items():
        member = names.get(name) or members.get(name.lower(), "")
        if member in shape.members and value is not None and (name != "tags" or value):
            found[member] = to_api(value, shape.members[member], names, name)
    return found


def input_shape(client: Any, operation: str) -> Any:
    """botocore's shape of an operation's parameters, by the client's name of it."""
    return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape


def retag(client: Any, tagging: tuple[str, str, str], id: str, old: Props, new: Props, **more: str) -> None:
    """Replaces the tags of a resource by those of `new`."""
    before, after = old.get("tags") or {}, new.get("tags") or {}
    removed = [key for key in before if key not in after]
    added = {key: value for key, value in after.items() if before.get(key) != value}
    for operation, tags in ((tagging[1], removed), (tagging[0], added)):
        if tags:
            members = input_shape(client, operation).members
            target = [id] if members[tagging[2]].type_name == "list" else id
            key = next(name for name in members if "tag" in name.lower())
            getattr(client, operation)(**{tagging[2]: target, key: _tags(tags, members[key])}, **more)


def _tags(tags: Any, shape: Any) -> Any:
    """Tags or their keys, as the API spells them."""
    if shape.type_name == "list" and shape.member.type_name == "structure":
        key, value = shape.member.members
        pairs = tags.items() if isinstance(tags, Mapping) else [(each, None) for each in tags]
        return [{key: name, **({} if text is None else {value: text})} for name, text in pairs]
    return tags


def moved(old: Props, new: Props, name: str) -> tuple[list[str], list[str]]:
    """(added, removed) values of a property that is a set of strings."""
    before, after = set(old.get(name) or ()), set(new.get(name) or ())
    return sorted(after - before), sorted(before - after)


def text_of(value: Any) -> str:
    """The value of an attribute as the text that the API expects."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def to_api(value: Any, shape: Any, names: Mapping[str, str], path: str = "") -> Any:
    """A property value as a parameter of the given botocore shape."""
    kind = shape.type_name
    if kind == "structure":
        return _structure(value, shape, names, path) if isinstance(value, Mapping) else _wrapped(value, shape)
    if kind == "map" and isinstance(value, list):  # Pulumi lists what the API keys
        return {item["key"]: to_api(_beside_key(item), shape.value, names, path) for item in value}
    if kind == "list" and isinstance(value, Mapping):
        return _tags(value, shape)
    if kind == "list":
        return [to_api(item, shape.member, names, f"{path}[{index}]") for index, item in enumerate(value)]
    return value.lower() == "true" if kind == "boolean" and isinstance(value, str) else value


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


def _singular(name: str) -> str:
    """Pulumi names every list in the plural."""
    return name.lower().removesuffix("s")


def _wrapped(value: Any, shape: Any) -> dict[str, Any]:
    """A plain address, wrapped in the object that the API expects."""
    return {next(name for name, member in shape.members.items() if member.type_name == "string"): value}


def _beside_key(item: Mapping[str, Any]) -> Any:
    return next(value for name, value in item.items() if name != "key")
