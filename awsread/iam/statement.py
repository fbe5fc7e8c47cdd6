"""Policy documents (IAM policies, resource policies, trust policies) as statements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WITH_VARIABLES: Final = "2012-10-17"


@dataclass(frozen=True, kw_only=True)
class Principal:
    """`kind` is AWS, Service, Federated or CanonicalUser; `value` an ARN, an account, a service name or `*`."""

    kind: str
    value: str

    @property
    def is_anyone(self) -> bool:
        return self.kind == "AWS" and self.value == "*"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement, every list of it a tuple. `path` leads to it: `policy|Statement[2]`.

    `has_variables`: the policy's language has them, so that `${...}` in it is no literal text.
    """

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
    has_variables: bool

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

    def bound_values(self, key: str) -> tuple[str, ...]:
        """Values that a key must have for the statement to apply: no negation, no `IfExists` that lets it be absent.

        `ForAnyValue` counts, since it needs the key; `ForAllValues` does not, since it is true without the key.
        """
        binding = [operator for operator in self.conditions if _binds(operator)]
        return self.condition_values(key, *binding) if binding else ()


Policy = tuple[Statement, ...]


def statements_of(document: Mapping[str, Any], path: str = "policy") -> Policy:
    """The statements of a document in AWS's JSON form.

    A document without a version is in the language of 2008 (IAM User Guide, "IAM JSON policy elements: Version").

    Raises:
        ValueError: the document is none.
    """
    listed = document.get("Statement", [])
    several = isinstance(listed, list)
    has_variables = document.get("Version") == WITH_VARIABLES
    return tuple(
        _statement(each, f"{path}|Statement[{index}]" if several else f"{path}|Statement", has_variables)
        for index, each in enumerate(listed if several else [listed])
    )


def _binds(operator: str) -> bool:
    plain = operator.rpartition(":")[2]
    return not (plain.endswith("IfExists") or "Not" in plain or plain == "Null" or operator.startswith("ForAllValues"))


def _statement(raw: Any, path: str, has_variables: bool) -> Statement:
    if not isinstance(raw, Mapping):
        raise ValueError(f"{path} must be an object, got {raw!r}")
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
            for operator, keys in (raw.get("Condition") or {}).items()
        },
        has_variables=has_variables,
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
