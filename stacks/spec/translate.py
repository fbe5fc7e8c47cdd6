"""From pydantic's errors to problems."""

import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from stacks.spec.problems import Problem, dotted, shown, suggestion

_KINDS = {
    "string_type": "a string",
    "int_type": "a whole number",
    "int_parsing_size": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def problems_from(error: ValidationError, model: type[BaseModel], source: str) -> Iterator[Problem]:
    """One problem for each of pydantic's errors; a list is not called too short because of its invalid items."""
    details = [_Detail(model, found) for found in error.errors(include_url=False)]
    for detail in details:
        if not (detail.kind == "too_short" and any(other.is_within(detail) for other in details)):
            yield detail.problem(source)


class _Detail:
    """One pydantic error with the field it is about."""

    def __init__(self, model: type[BaseModel], found: ErrorDetails) -> None:
        loc = tuple(found["loc"])
        self.kind = found["type"]
        self.about_key = loc[-1:] == ("[key]",)
        self.loc = tuple(part for part in loc if part != "[key]")
        self.got = self.loc[-1] if self.about_key else found["input"]
        self.owner = _owner(model, self.loc)
        self.field = _key_field(model, self.loc) if self.about_key else _field(model, self.loc)

    def is_within(self, other: "_Detail") -> bool:
        return len(self.loc) > len(other.loc) and self.loc[: len(other.loc)] == other.loc

    def problem(self, source: str) -> Problem:
        path = dotted(self.loc)
        got = "nothing" if self.kind == "missing" else shown(self.got, path)
        return Problem(path=path, got=got, allowed=self._allowed(), remedy=self._remedy(), source=source)

    def _allowed(self) -> str:
        if self.kind == "extra_forbidden":
            return f"the keys {', '.join(self._siblings())}"
        if self.kind == "literal_error":
            return _choices(self.field)
        if self.kind in {"too_short", "too_long"}:
            return _size(self.field, self.kind)
        return _described(self.field) or _range(self.field) or _kind_of(self.field)

    def _remedy(self) -> str:
        name = str(self.loc[-1]) if self.loc else "document"
        by_kind = {
            "missing": f"add {name}",
            "extra_forbidden": suggestion(name, self._siblings(), f"remove {name}"),
            "too_long": f"keep the most important and drop the rest of {name}",
            "too_short": f"add to {name} what is missing",
        }
        return by_kind.get(self.kind) or self._remedy_by_value() or _remedy_of(self.field) or self._general(name)

    def _remedy_by_value(self) -> str | None:
        is_number = isinstance(self.got, int | float) and not isinstance(self.got, bool)
        if self.kind == "literal_error" and isinstance(self.got, str):
            return suggestion(self.got, map(str, _literals(self.field)), "choose one of the allowed values")
        if self.kind == "string_type" and is_number:
            return "put the value in quotes, so that YAML keeps it a string"
        if self.kind in {"int_type", "float_type"} and isinstance(self.got, str) and self.got.strip("-").isdigit():
            return "write the number without quotes"
        return None

    def _general(self, name: str) -> str:
        if _KINDS.get(self.kind) in {"a list", "a mapping"}:
            return f"write {name} as {_KINDS[self.kind]}"
        return f"set {name} to a value in the allowed range" if _range(self.field) else f"correct {name}"

    def _siblings(self) -> tuple[str, ...]:
        return tuple(self.owner.model_fields) if self.owner else ()


def _owner(model: type[BaseModel], loc: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model whose key the last part of `loc` is."""
    annotation: Any = model
    for part in loc[:-1]:
        annotation = _step(annotation, part)
    bare = _bare(annotation)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def _field(model: type[BaseModel], loc: tuple[str | int, ...]) -> FieldInfo | None:
    annotation: Any = model
    for part in loc:
        annotation = _step(annotation, part)
    if isinstance(annotation, FieldInfo):
        inner = _without_none(annotation.annotation)
        return FieldInfo.from_annotation(inner) if get_origin(inner) is Annotated else annotation
    return FieldInfo.from_annotation(_without_none(annotation)) if annotation is not None else None


def _key_field(model: type[BaseModel], loc: tuple[str | int, ...]) -> FieldInfo | None:
    mapping = _field(model, loc[:-1])
    arguments = get_args(mapping.annotation) if mapping else ()
    return FieldInfo.from_annotation(arguments[0]) if arguments else None


def _step(annotation: Any, part: str | int) -> Any:
    """The annotation one key or index further in; None where the model has no such place."""
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return bare.model_fields.get(str(part))
    arguments = get_args(bare)
    if not arguments:
        return None
    return arguments[1] if get_origin(bare) is dict else arguments[0]


def _bare(annotation: Any) -> Any:
    """Without Annotated, FieldInfo and `| None`."""
    while True:
        if isinstance(annotation, FieldInfo):
            annotation = annotation.annotation
        elif get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif (inner := _without_none(annotation)) is not annotation:
            annotation = inner
        else:
            return annotation


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in {Union, types.UnionType}:
        return next((part for part in get_args(annotation) if part is not type(None)), annotation)
    return annotation


def _remedy_of(field: FieldInfo | None) -> str | None:
    extra = field.json_schema_extra if field else None
    return str(extra["x-remedy"]) if isinstance(extra, Mapping) and "x-remedy" in extra else None


def _described(field: FieldInfo | None) -> str | None:
    """A text field's description says what it allows."""
    return field.description if field and _remedy_of(field) else None


def _literals(field: FieldInfo | None) -> tuple[Any, ...]:
    bare = _bare(field.annotation) if field else None
    return get_args(bare) if get_origin(bare) is Literal else ()


def _choices(field: FieldInfo | None) -> str:
    return ", ".join(map(str, _literals(field)))


def _range(field: FieldInfo | None) -> str | None:
    lowest = next(_bounds(field, Ge, "ge"), None) or next(_bounds(field, Gt, "gt"), None)
    highest = next(_bounds(field, Le, "le"), None) or next(_bounds(field, Lt, "lt"), None)
    if lowest is None or highest is None:
        return None
    return f"{_kind_of(field)} from {lowest[0]} to {highest[0]}"


def _size(field: FieldInfo | None, kind: str) -> str:
    lowest = next(_bounds(field, MinLen, "min_length"), (0,))
    highest = next(_bounds(field, MaxLen, "max_length"), None)
    return f"{lowest[0]} to {highest[0]} items" if highest else f"at least {lowest[0]} items ({kind})"


def _bounds(field: FieldInfo | None, of: type, attribute: str) -> Iterator[tuple[Any]]:
    metadata: Iterable[Any] = field.metadata if field else ()
    return ((getattr(item, attribute),) for item in metadata if isinstance(item, of))


def _kind_of(field: FieldInfo | None) -> str:
    bare = _bare(field.annotation) if field else None
    known = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
    if bare in known:
        return known[bare]
    if get_origin(bare) is Literal:
        return _choices(field)
    if get_origin(bare) is tuple:
        return "a list"
    if get_origin(bare) is dict:
        return "a mapping"
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return f"a mapping with the keys {', '.join(bare.model_fields)}"
    return "nothing of this name"
