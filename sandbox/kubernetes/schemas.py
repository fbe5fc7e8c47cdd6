"""Validates objects by the published schemas of a Kubernetes version; reports all failures, with remedies."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from codekeep_contracts.property_path import format_path
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource

from sandbox.aws.values import has_unknown
from sandbox.plugin import PluginFault

Object = Mapping[str, Any]
_FOLDER = re.compile(r"^v(\d+\.\d+)\.\d+-local-strict$")


@dataclass(frozen=True)
class Failure:
    """A reason for refusing an object; `path` is dotted, with list indexes."""

    path: str
    reason: str


def is_known(version: str, api_version: str, kind: str) -> bool:
    """Whether the version's built-in API has the kind."""
    return _schema(version, api_version, kind) is not None


def validate(version: str, obj: Object) -> list[Failure]:
    """All failures of an object of a built-in kind. An unknown field is a failure."""
    schema = _schema(version, str(obj["apiVersion"]), str(obj["kind"]))
    if schema is None:
        return [Failure("kind", f"Kubernetes {version} has no {obj['apiVersion']} {obj['kind']}")]
    validator = Draft202012Validator(schema, registry=_registry(version))
    return _failures(validator, obj)


def validate_custom(schema: Object, obj: Object) -> list[Failure]:
    """All failures of a custom resource, by the schema of its definition (openAPIV3Schema)."""
    return _failures(Draft202012Validator(_closed(schema, top=True)), obj)


def suggestion(wrong: str, right: list[str]) -> str:
    """`did you mean X?`, or what is allowed where nothing is similar."""
    near = difflib.get_close_matches(wrong, right, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"allowed: {', '.join(sorted(right))}"


@cache
def _folder(version: str) -> Traversable:
    schemas = files("kubernetes_validate") / "kubernetes-json-schema"
    found = {match[1]: entry for entry in schemas.iterdir() if (match := _FOLDER.match(entry.name))}
    if version not in found:
        raise PluginFault(f"no schemas of Kubernetes {version}; there are: {', '.join(sorted(found))}")
    return found[version]


@cache
def _registry(version: str) -> Registry[Any]:
    definitions = json.loads((_folder(version) / "_definitions.json").read_text())
    return Resource.from_contents(definitions) @ Registry()


@cache
def _schema(version: str, api_version: str, kind: str) -> Object | None:
    group, _, number = api_version.rpartition("/")
    name = f"{kind.lower()}-{group.split('.')[0]}-{number}.json" if group else f"{kind.lower()}-{number}.json"
    file = _folder(version) / name
    if not re.fullmatch(r"[a-z0-9.-]+", name) or not file.is_file():
        return None
    schema: Object = json.loads(file.read_text())
    stated = schema.get("properties", {})
    matches = api_version in (stated.get("apiVersion", {}).get("enum") or []) and kind in (
        stated.get("kind", {}).get("enum") or []
    )
    return schema if matches else None


def _failures(validator: Draft202012Validator, obj: Object) -> list[Failure]:
    found = (failure for error in validator.iter_errors(obj) for failure in _explained(error))
    return sorted(dict.fromkeys(found), key=lambda failure: failure.path)


def _explained(error: ValidationError) -> Iterator[Failure]:
    if has_unknown(error.instance) and error.validator not in ("additionalProperties", "required"):
        return  # validated once it is known
    path = format_path(tuple(error.absolute_path))
    if error.validator == "additionalProperties" and isinstance(error.schema, Mapping):
        known = list(error.schema.get("properties", {}))
        for name in sorted(set(error.instance) - set(known)):
            yield Failure(_below(path, name), f"unknown field; {suggestion(name, known)}")
    elif error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield Failure(_below(path, name), "required, but missing")
    elif error.context:
        inner = best_match(error.context)
        yield Failure(path, inner.message if inner else error.message)
    elif error.validator == "type":
        wanted = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
        allowed = " or ".join(name for name in wanted if name != "null")
        yield Failure(path, f"must be {allowed}, got {type(error.instance).__name__}")
    else:
        yield Failure(path, error.message)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _closed(schema: Any, *, top: bool = False) -> Any:
    """A definition's schema as the API server applies it: refuses unknown fields unless the schema preserves them."""
    if not isinstance(schema, Mapping):
        return schema
    closed = {key: value for key, value in schema.items() if not key.startswith("x-kubernetes-")}
    properties = {name: _closed(inner) for name, inner in (schema.get("properties") or {}).items()}
    if top:
        properties = {"apiVersion": {}, "kind": {}, **properties, "metadata": {"type": "object"}}
    if properties:
        closed["properties"] = properties
    if "items" in schema:
        closed["items"] = _closed(schema["items"])
    if isinstance(schema.get("additionalProperties"), Mapping):
        closed["additionalProperties"] = _closed(schema["additionalProperties"])
    elif properties and not schema.get("x-kubernetes-preserve-unknown-fields"):
        closed["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        closed.pop("type", None)
        closed["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    if closed.pop("nullable", False) and isinstance(closed.get("type"), str):
        closed["type"] = [closed["type"], "null"]
    return closed
