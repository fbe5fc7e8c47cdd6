"""Limits of parameters that AWS publishes in words only: the reviewed table `constraints.toml`.

Most models carry no pattern for their plain strings; the characters of a rule's description, for example, are in the
text of its documentation. Each row quotes that text, and a test looks the quotation up in botocore.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("constraints.toml")
KEYS, VALUES = "{key}", "{value}"  # suffixes of a member that is a map: its keys, its values


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """What one member of some structures of a service may be. `text` is quoted from botocore, `source` is elsewhere."""

    service: str
    shapes: tuple[str, ...]
    member: str
    pattern: str = ""
    min: int = 0
    max: int | None = None
    code: str = ""  # AWS's error code and words, where a report or guide shows them
    words: str = ""
    text: str = ""
    source: str = ""

    def problem(self, value: str) -> str | None:
        """What is wrong with the value; None where AWS takes it."""
        if len(value) < self.min or (self.max is not None and len(value) > self.max):
            return f"has {len(value)} characters; allowed: {self.min} to {self.max}"
        if self.pattern and _compiled(self.pattern).fullmatch(value) is None:
            return f"is {value!r}; it must match {self.pattern}"
        return None


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A value outside of a constraint, and where it stands in the parameters."""

    constraint: Constraint
    path: str
    value: str
    problem: str

    @property
    def words(self) -> str:
        """AWS's words where they are known, with the value in them."""
        return self.constraint.words.replace("{value}", self.value)


@cache
def constraints() -> tuple[Constraint, ...]:
    """Every row of the table."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["constraint"]
    return tuple(Constraint(**{**row, "shapes": tuple(row["shapes"])}) for row in rows)


def breaches(params: Mapping[str, Any], shape: Any, service: str) -> Iterator[Breach]:
    """Values of a call's parameters that the table does not allow."""
    table = _by_member(service)
    if table:
        yield from _breaches(shape, params, "", table)


Table = Mapping[tuple[str, str], tuple[Constraint, ...]]


def _breaches(shape: Any, value: Any, path: str, table: Table) -> Iterator[Breach]:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        for name, item in value.items():
            if name in shape.members:
                here = f"{path}.{name}" if path else name
                yield from _member_breaches(table, shape.name, name, item, here)
                yield from _breaches(shape.members[name], item, here, table)
    elif kind == "list" and isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _breaches(shape.member, item, f"{path}[{index}]", table)
    elif kind == "map" and isinstance(value, Mapping):
        for name, item in value.items():
            yield from _breaches(shape.value, item, f"{path}[{name!r}]", table)


def _member_breaches(table: Table, shape: str, name: str, item: Any, path: str) -> Iterator[Breach]:
    if isinstance(item, Mapping):
        for key, value in item.items():
            yield from _judged(table.get((shape, name + KEYS), ()), key, f"{path} key")
            yield from _judged(table.get((shape, name + VALUES), ()), value, f"{path}[{key!r}]")
    else:
        yield from _judged(table.get((shape, name), ()), item, path)


def _judged(rows: tuple[Constraint, ...], value: Any, path: str) -> Iterator[Breach]:
    for row in rows:
        problem = row.problem(value) if isinstance(value, str) else None
        if problem is not None:
            yield Breach(constraint=row, path=path, value=value, problem=problem)


@cache
def _by_member(service: str) -> Table:
    table: dict[tuple[str, str], tuple[Constraint, ...]] = {}
    for row in constraints():
        if row.service == service:
            for shape in row.shapes:
                key = (shape, row.member)
                table[key] = (*table.get(key, ()), row)
    return table


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)
