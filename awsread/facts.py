"""Facts about resource types that the SDK lacks: inputs that replace, defaults, lists whose order matters.

There are two tables. `provider_schema.json` is generated from the provider's published schema (see generate.py).
`provider_facts.toml` is written by hand: defaults, which no published schema has, and exceptions with their reasons.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SCHEMA_FILE = FOLDER / "provider_schema.json"
FACTS_FILE = FOLDER / "provider_facts.toml"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Facts about one type.

    `replace`: top-level inputs whose change replaces the resource. `ordered`: lists whose order matters; others are
    compared as sets. `defaults`: values of inputs that the provider fills in at check.
    """

    replace: frozenset[str] = frozenset()
    ordered: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)


@cache
def facts_of(token: str) -> Facts:
    """Facts about a type; empty if it is in neither table."""
    ours = _handwritten().get(token, {})
    replace = {*_generated().get(token, ()), *ours.get("replace", ())} - {*ours.get("in_place", ())}
    ordered = frozenset(ours.get("ordered", ()))
    return Facts(replace=frozenset(replace), ordered=ordered, defaults=ours.get("defaults", {}))


@cache
def _generated() -> Mapping[str, list[str]]:
    types: Mapping[str, list[str]] = json.loads(SCHEMA_FILE.read_text())["replace"]
    return types


@cache
def _handwritten() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(FACTS_FILE.read_text())
