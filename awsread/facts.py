"""Facts about a type that the provider knows and its SDK leaves out: what replaces, defaults, order of lists.

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
    """`replace`: top-level inputs whose change replaces. `ordered`: lists whose order matters; others compare as sets.

    `defaults`: inputs that the provider fills in at check.
    """

    replace: frozenset[str] = frozenset()
    ordered: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)


@cache
def facts_of(token: str) -> Facts:
    """Facts of a type; empty where both tables are silent."""
    ours = _written().get(token, {})
    replace = {*_generated().get(token, ()), *ours.get("replace", ())} - {*ours.get("in_place", ())}
    ordered = frozenset(ours.get("ordered", ()))
    return Facts(replace=frozenset(replace), ordered=ordered, defaults=ours.get("defaults", {}))


@cache
def _generated() -> Mapping[str, list[str]]:
    types: Mapping[str, list[str]] = json.loads(SCHEMA_FILE.read_text())["replace"]
    return types


@cache
def _written() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(FACTS_FILE.read_text())
