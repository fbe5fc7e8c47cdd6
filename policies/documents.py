"""Policy documents (IAM, resource policies, trust policies) as statements a rule can read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.reading import MISSING, read


class UndecidableError(Exception):
    """The document is not known yet, or not shown. `path` is where."""

    def __init__(self, path: str) -> None:
        super().__init__(f"the document at {path} is not known yet")
        self.path = path


@dataclass(frozen=True, kw_only=True)
class Principal:
    """`kind` is AWS, Service, Federated or CanonicalUser; `value` an ARN, an account, a service name or `*`."""

    kind: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement with every list made a tuple. `path` leads to it: `policy|Statement[2]`."""

    path: str
    sid: str
    effect: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[Principal, ...]
    not_principals: tuple[Principal, ...]
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def allows(self) -> bool:
        return self.effect == "Allow"

    def condition_values(self, key: str, *operators: str) -> tuple[str, ...]:
        """Values of a condition key (any case) under the operators given, or under any."""
        return tuple(
            value
            for operator, keys in self.conditions.items()
            if not operators or operator in operators
            for name, values in keys.items()
            if name.lower() == key.lower()
            for value in values
        )


def statements(node: Node, path: str = "policy") -> list[Statement]:
    """Statements of the document at a property; none where it is not set.

    Raises:
        UndecidableError: the document, or a part of it, is not known.
    """
    found = next(read(node.inputs, path))
    if not found.known:
        raise UndecidableError(found.path)
    if found.value is MISSING or found.value == "":
        return []
    return list(_parsed(found.value, path))


def document_properties(node: Node) -> Iterator[str]:
    """Names of the inputs that hold a policy document, whatever they are called."""
    for name, value in node.inputs.items():
        if isinstance(value, str) and value.lstrip().startswith("{") and '"Statement"' in value:
            yield name


def _parsed(value: Any, path: str) -> Iterator[Statement]:
    try:
        document = json.loads(value) if isinstance(value, str) else value
    except ValueError as fault:
        raise UndecidableError(path) from fault
    listed = document.get("Statement", [])
    several = isinstance(listed, list)
    for index, each in enumerate(listed if several else [listed]):
        yield _statement(each, f"{path}|Statement[{index}]" if several else f"{path}|Statement")


def _statement(raw: Mapping[str, Any], path: str) -> Statement:
    return Statement(
        path=path,
        sid=str(raw.get("Sid", "")),
        effect=str(raw.get("Effect", "")),
        actions=_texts(raw.get("Action")),
        not_actions=_texts(raw.get("NotAction")),
        resources=_texts(raw.get("Resource")),
        not_resources=_texts(raw.get("NotResource")),
        principals=tuple(_principals(raw.get("Principal"))),
        not_principals=tuple(_principals(raw.get("NotPrincipal"))),
        conditions={
            operator: {key: _texts(values) for key, values in keys.items()}
            for operator, keys in raw.get("Condition", {}).items()
        },
    )


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    items: Sequence[Any] = value if isinstance(value, list) else [value]
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in items)


def _principals(value: Any) -> Iterator[Principal]:
    if value == "*":
        yield Principal(kind="AWS", value="*")
    elif isinstance(value, Mapping):
        for kind, values in value.items():
            for each in _texts(values):
                yield Principal(kind=kind, value=each)
