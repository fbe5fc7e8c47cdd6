"""The table of names (table.json): Pulumi types and properties as Terraform types and attributes, and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from policies.tfplan.names import camel, snake

TABLE = Path(__file__).with_name("table.json")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One property: Terraform's name for it and the shape it has there.

    `one`: Pulumi has a single value where Terraform has a list of at most one. `keyed`: a nested object, not a list of
    blocks. `fields`: those of the block or object; None for a plain value or a map.
    """

    pulumi: str
    terraform: str
    one: bool = False
    keyed: bool = False
    fields: "Fields | None" = None


@dataclass(frozen=True, kw_only=True)
class Fields:
    """The properties of a type or block; those that the table does not list have the same name in the other case."""

    listed: Mapping[str, Field]

    def of_property(self, name: str) -> Field:
        return self.listed.get(name) or Field(pulumi=name, terraform=snake(name))

    def of_attribute(self, name: str) -> Field:
        found = next((field for field in self.listed.values() if field.terraform == name), None)
        return found or Field(pulumi=camel(name), terraform=name)


@dataclass(frozen=True, kw_only=True)
class TerraformType:
    """A resource type: Pulumi's token and Terraform's name."""

    token: str
    name: str
    fields: Fields


@cache
def type_of_token(token: str) -> TerraformType | None:
    """The Terraform type of a Pulumi token; None where it is not in the table."""
    row = _rows().get(token)
    return TerraformType(token=token, name=row["type"], fields=_fields(row["fields"])) if row else None


def type_of_name(name: str) -> TerraformType | None:
    """The Pulumi type of a Terraform type; None where it is not in the table."""
    token = _tokens().get(name)
    return type_of_token(token) if token else None


@cache
def _rows() -> Mapping[str, Mapping[str, Any]]:
    rows: Mapping[str, Mapping[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return rows


@cache
def _tokens() -> Mapping[str, str]:
    """Terraform's type → the current token: not the `V2` that Pulumi keeps for old programs."""
    ordered = sorted(_rows().items(), key=lambda item: item[0].lower().endswith("v2"), reverse=True)
    tokens = {row["type"]: token for token, row in ordered}
    twins = {name.replace("aws_lb", "aws_alb", 1): token for name, token in tokens.items() if name.startswith("aws_lb")}
    return {**twins, **tokens}


def _fields(rows: Mapping[str, Any]) -> Fields:
    return Fields(listed={name: _field(name, row) for name, row in rows.items()})


def _field(name: str, row: Mapping[str, Any]) -> Field:
    return Field(
        pulumi=name,
        terraform=row.get("name", snake(name)),
        one=row.get("one", False),
        keyed=row.get("object", False),
        fields=_fields(row["fields"]) if "fields" in row else None,
    )
