"""Which properties a type has, read from the official Python SDK of the aws provider, one type at a time."""

import collections.abc
import difflib
import importlib
import inspect
import threading
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pulumi
from pulumi import _types as sdk

from awsread.errors import UnknownTypeError

PLUMBING = (type(None), pulumi.Output)
_importing = threading.RLock()  # the SDK's modules import each other: a second thread would see partly initialised ones


@dataclass(frozen=True, kw_only=True)
class ObjectSchema:
    """Properties of a type or of a nested object: Pulumi name → Python annotation."""

    name: str
    properties: Mapping[str, Any]
    required: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class TypeSchema:
    """One resource type."""

    token: str
    inputs: ObjectSchema
    outputs: frozenset[str]
    computed: frozenset[str]  # inputs that AWS fills in where the program sets none: never drift

    def has_input(self, name: str) -> bool:
        return name in self.inputs.properties


@cache
def schema_of(token: str) -> TypeSchema:
    """Schema of a type token such as `aws:kms/key:Key`; raises UnknownTypeError with the nearest names."""
    with _importing:
        module = _sdk_module(token)
        name = token.rpartition(":")[2]
        resource = getattr(module, name, None)
        # A nested object of some type may already be called `<name>Args`; the resource's own are `<name>InitArgs` then.
        home = importlib.import_module(resource.__module__) if resource is not None else module
    arguments = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args", None)
    if resource is None or arguments is None or getattr(resource, "pulumi_type", None) != token:
        known = [
            item.removesuffix("Args") for item in dir(module) if item.endswith("Args") and hasattr(module, item[:-4])
        ]
        raise UnknownTypeError(f"the official aws provider has no type {token!r}{nearest(name, known)}")
    return TypeSchema(
        token=token,
        inputs=object_schema(arguments),
        outputs=frozenset(sdk.resource_types(resource)),
        computed=_computed(resource, arguments),
    )


@cache
def object_schema(arguments: type) -> ObjectSchema:
    """Schema of one of the SDK's `...Args` classes."""
    names = sdk.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments).parameters
    return ObjectSchema(
        name=arguments.__name__.removesuffix("Args").removesuffix("Init"),
        properties=sdk.input_type_types(arguments),
        required=frozenset(
            names[name] for name, parameter in parameters.items() if parameter.default is inspect.Parameter.empty
        ),
    )


def alternatives(annotation: Any) -> tuple[Any, ...]:
    """The types that an annotation allows, without Optional, Awaitable and Output."""
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return (annotation,)
    found: list[Any] = []
    for option in typing.get_args(annotation):
        origin = typing.get_origin(option) or option
        if origin in PLUMBING or origin is collections.abc.Awaitable or isinstance(option, typing.ForwardRef):
            continue
        found.extend(alternatives(option))
    return tuple(found)


def nearest(name: str, known: collections.abc.Iterable[str]) -> str:
    """`; did you mean 'x'?` or nothing."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(repr(item) for item in close)}?" if close else ""


def _computed(resource: type, arguments: type) -> frozenset[str]:
    """Inputs that are optional but always present as outputs, which is how the SDK shows the provider's `Computed`."""
    always = {
        pulumi_name
        for _, pulumi_name, getter in sdk._py_properties(resource)
        if getter.fget is not None and not _is_optional(getter.fget.__annotations__.get("return"))
    }
    schema = object_schema(arguments)
    return frozenset(always & (schema.properties.keys() - schema.required))


def _is_optional(annotation: Any) -> bool:
    """Whether `Output[Optional[T]]`."""
    inner = next(iter(typing.get_args(annotation)), None)
    return type(None) in typing.get_args(inner)


def _sdk_module(token: str) -> types.ModuleType:
    parts = token.split(":")
    if len(parts) != 3 or parts[0] != "aws":
        raise UnknownTypeError(f"{token!r} is no type of the aws provider: expected aws:<module>/<file>:<Class>")
    folder = parts[1].partition("/")[0]
    sdk_root = importlib.import_module("pulumi_aws")
    for name in (folder, f"{folder}_"):
        try:
            return importlib.import_module(f"pulumi_aws.{name}")
        except ModuleNotFoundError:
            continue
    raise UnknownTypeError(
        f"the official aws provider has no module {folder!r} (type {token!r}){nearest(folder, dir(sdk_root))}"
    )
