"""Translates pydantic's errors to problems."""

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from stacks.spec.problems import Problem, dotted_path, shown_value, suggestion
from stacks.spec.schema import Field

_CONTAINERS = {
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def problems_from(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """One problem for each of pydantic's errors; a list is not called too short because of its invalid items."""
    details = [_Detail(model, found) for found in error.errors(include_url=False)]
    for detail in details:
        if not (detail.kind == "too_short" and any(other.is_within(detail) for other in details)):
            yield detail.problem()


class _Detail:
    """One pydantic error, and the field it is about."""

    def __init__(self, model: type[BaseModel], found: ErrorDetails) -> None:
        loc = tuple(found["loc"])
        is_key = loc[-1:] == ("[key]",)
        self.kind = found["type"]
        self.loc = tuple(part for part in loc if part != "[key]")
        self.got = self.loc[-1] if is_key else found["input"]
        self.owner = _field(model, self.loc[:-1])
        self.field = self.owner.key if is_key and self.owner else _field(model, self.loc)

    def is_within(self, other: "_Detail") -> bool:
        return len(self.loc) > len(other.loc) and self.loc[: len(other.loc)] == other.loc

    def problem(self) -> Problem:
        path = dotted_path(self.loc)
        got = "nothing" if self.kind == "missing" else shown_value(self.got, path)
        return Problem(path=path, got=got, allowed=self._allowed(), remedy=self._remedy())

    def _allowed(self) -> str:
        if self.kind == "extra_forbidden":
            return f"the keys {', '.join(self._siblings())}"
        if self.field is None:
            return "nothing of this name"
        return self.field.size if self.kind in {"too_short", "too_long"} else self.field.allowed

    def _remedy(self) -> str:
        name = str(self.loc[-1]) if self.loc else "document"
        by_kind = {
            "missing": f"add {name}",
            "extra_forbidden": suggestion(name, self._siblings(), f"remove {name}"),
            "too_long": f"keep the most important and drop the rest of {name}",
            "too_short": f"add to {name} what is missing",
        }
        return by_kind.get(self.kind) or self._remedy_by_value() or self._remedy_by_field(name)

    def _remedy_by_value(self) -> str | None:
        is_number = isinstance(self.got, int | float) and not isinstance(self.got, bool)
        if self.kind == "literal_error" and isinstance(self.got, str):
            choices = self.field.choices if self.field else ()
            return suggestion(self.got, map(str, choices), "choose one of the allowed values")
        if self.kind == "string_type" and is_number:
            return "put the value in quotes, so that YAML keeps it a string"
        if self.kind in {"int_type", "float_type"} and isinstance(self.got, str) and self.got.strip("-").isdigit():
            return "write the number without quotes"
        return None

    def _remedy_by_field(self, name: str) -> str:
        if self.field is not None and self.field.remedy is not None:
            return self.field.remedy
        if self.kind in _CONTAINERS:
            return f"write {name} as {_CONTAINERS[self.kind]}"
        in_range = self.field is not None and self.field.is_range
        return f"set {name} to a value in the allowed range" if in_range else f"correct {name}"

    def _siblings(self) -> tuple[str, ...]:
        return self.owner.keys if self.owner else ()


def _field(model: type[BaseModel], loc: tuple[str | int, ...]) -> Field | None:
    field: Field | None = Field.of(model)
    for part in loc:
        field = field.at(part) if field else None
    return field
