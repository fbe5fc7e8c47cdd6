"""Reads from a model's JSON Schema what is allowed at each place of a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

_KINDS = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


@dataclass(frozen=True)
class Field:
    """One place: its JSON Schema with references resolved, and the schema's definitions."""

    node: Mapping[str, Any]
    definitions: Mapping[str, Any]

    @classmethod
    def of(cls, model: type[BaseModel]) -> "Field":
        """The place of the document itself."""
        schema = _schema(model)
        return cls(schema, schema.get("$defs", {}))

    def at(self, part: str | int) -> "Field | None":
        """The place one key or index further in; None where the model has no such place."""
        if "properties" in self.node:
            return self._field(self.node["properties"].get(part))
        values = next(iter(self.node.get("patternProperties", {}).values()), self.node.get("additionalProperties"))
        return self._field(self.node.get("items") or values)

    @property
    def key(self) -> "Field":
        """The keys of a mapping."""
        return Field({"type": "string", **self.node.get("propertyNames", {})}, self.definitions)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a model."""
        return tuple(self.node.get("properties", ()))

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values of an enumeration."""
        return tuple(self.node.get("enum", [self.node["const"]] if "const" in self.node else ()))

    @property
    def is_range(self) -> bool:
        return "minimum" in self.node and "maximum" in self.node

    @property
    def size(self) -> str:
        """The allowed number of items in a list or mapping."""
        least = self.node.get("minItems", 0)
        most = self.node.get("maxItems", self.node.get("maxProperties"))
        return f"at least {least} items" if most is None else f"{least} to {most} items"

    @property
    def remedy(self) -> str | None:
        """The remedy for a wrong text."""
        return self.node.get("x-remedy")

    @property
    def allowed(self) -> str:
        if self.choices:
            return ", ".join(map(str, self.choices))
        if self.remedy is not None:
            return str(self.node["description"])
        kind = _KINDS[self.node["type"]]
        if self.is_range:
            return f"{kind} from {self.node['minimum']} to {self.node['maximum']}"
        return f"{kind} with the keys {', '.join(self.keys)}" if self.keys else kind

    def _field(self, node: Any) -> "Field | None":
        """The field without references and `| None`."""
        if not isinstance(node, Mapping):
            return None
        for option in node.get("anyOf", ()):
            if option.get("type") != "null":
                return self._field(option)
        if "$ref" in node:
            return self._field(self.definitions[str(node["$ref"]).rpartition("/")[2]])
        return Field(node, self.definitions)


@cache
def _schema(model: type[BaseModel]) -> Mapping[str, Any]:
    return model.model_json_schema()
