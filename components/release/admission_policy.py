"""An admission policy as Kubernetes takes it: what it looks at, and expressions in CEL that must hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Kinds of objects, and the requests that are judged."""

    resources: tuple[str, ...]
    groups: tuple[str, ...] = ("",)
    on: tuple[str, ...] = ("CREATE", "UPDATE")
    scope: str = "Namespaced"

    def spec(self) -> dict[str, Any]:
        return {
            "apiGroups": list(self.groups),
            "apiVersions": ["*"],
            "operations": list(self.on),
            "resources": list(self.resources),
            "scope": self.scope,
        }


@dataclass(frozen=True, kw_only=True)
class Validation:
    """An expression that must be true, and what the server says where it is not."""

    expression: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`variables` are expressions by name, each may use those before it; `conditions` must hold for it to judge."""

    name: str
    rules: tuple[Rule, ...]
    validations: tuple[Validation, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    in_namespace: bool = True  # bound to the keep's namespace by its label; otherwise by the conditions alone

    def spec(self) -> Any:
        """`failurePolicy` Fail: an expression that cannot be computed refuses too."""
        spec: dict[str, Any] = {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [rule.spec() for rule in self.rules]},
            "validations": [
                {"expression": each.expression, "message": each.message, "reason": "Forbidden"}
                for each in self.validations
            ],
        }
        if self.variables:
            spec["variables"] = [{"name": name, "expression": found} for name, found in self.variables.items()]
        if self.conditions:
            spec["matchConditions"] = [{"name": name, "expression": found} for name, found in self.conditions.items()]
        return spec


def text(value: str | Sequence[str]) -> str:
    """A text, or a list of them, as a literal of CEL: its escapes are those of JSON."""
    return json.dumps(value)
