"""key_conditions.toml as rows: which condition keys the callers of AWS send, and which they do not."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from policies.documents import Kind, Principal

TABLE = Path(__file__).with_name("key_conditions.toml")
ANY = "*"


@dataclass(frozen=True, kw_only=True)
class Supported:
    """Keys that the principals send where they use a resource of these types (`on`: prefixes; none: any)."""

    kind: Kind
    principals: tuple[str, ...]
    keys: tuple[str, ...]
    source: str
    on: tuple[str, ...] = ()
    effect: str = "Allow"


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Keys that the principal does not send: an Allow of the action that needs one of them allows nothing.

    `used_by` is a chain of `type.property`, by which other resources lead to the policy's own.
    """

    kind: Kind
    principal: str
    action: str
    keys: tuple[str, ...]
    instead: str
    source: str
    used_by: tuple[str, ...] = ()


@cache
def table() -> Mapping[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@cache
def supported() -> tuple[Supported, ...]:
    return tuple(Supported(**_row(each)) for each in table()["supported"])


@cache
def refused() -> tuple[Refused, ...]:
    return tuple(Refused(**_row(each)) for each in table()["refused"])


def is_meant(principal: Principal, pattern: str) -> bool:
    """Whether a row's principal (a service, AWS, or * for anybody) is this one."""
    if pattern in (ANY, "AWS"):
        return pattern == ANY or principal.kind == "AWS"
    return principal.kind == "Service" and fnmatchcase(principal.value, pattern)


def _row(raw: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()}
    return {**row, "kind": Kind(raw["kind"]), "source": table()["sources"][raw["source"]]}
