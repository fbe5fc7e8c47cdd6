"""Evaluates requests against a resource policy as AWS documents it, for the operators that components use.

    decide(policy, Request(principal=role, action="s3:GetObject", resource=object_arn, context={...}))

Resource policies only. ALLOW means that the policy allows by itself; DELEGATED that it names the principal's account,
so that the principal's own IAM policy decides; DENY is explicit; NONE is the implicit denial.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Decision(Enum):
    DENY = "deny"
    ALLOW = "allow"
    DELEGATED = "delegated"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Request:
    """`principal` is a role ARN, a service host name, or "" for an anonymous caller."""

    principal: str
    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, str]:
        """The request's context, with the keys AWS adds by itself."""
        if not self.principal:
            return dict(self.context)
        if not self.principal.startswith("arn:"):
            return {"aws:PrincipalIsAWSService": "true", "aws:ViaAWSService": "false", **self.context}
        account = self.principal.split(":")[4]
        return {
            "aws:PrincipalIsAWSService": "false",
            "aws:ViaAWSService": "false",
            "aws:PrincipalArn": self.principal,
            "aws:PrincipalAccount": account,
            "kms:CallerAccount": account,
            **self.context,
        }


def decide(policy: Mapping[str, Any] | str, request: Request) -> Decision:
    document = json.loads(policy) if isinstance(policy, str) else policy
    matching = [statement for statement in document["Statement"] if _matches(statement, request)]
    if any(statement["Effect"] == "Deny" for statement in matching):
        return Decision.DENY
    allowed = {_how(statement.get("Principal"), request.principal) for statement in matching}
    if "named" in allowed:
        return Decision.ALLOW
    return Decision.DELEGATED if "account" in allowed else Decision.NONE


def _matches(statement: Mapping[str, Any], request: Request) -> bool:
    return (
        _how(statement.get("Principal"), request.principal) is not None
        and _any_glob(statement.get("Action", "*"), request.action.lower(), lower=True)
        and _any_glob(statement.get("Resource", "*"), request.resource)
        and all(
            _is_true(operator, key, wanted, request.keys)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _how(principal: Any, who: str) -> str | None:
    """How a Principal element matches the caller: by its ARN, or by its account."""
    if principal in (None, "*", {"AWS": "*"}, {"AWS": ["*"]}):
        return "named"
    named = [(kind, value) for kind, values in principal.items() for value in listed(values)]
    if ("AWS" if who.startswith("arn:") else "Service", who) in named:
        return "named"
    roots = [value.removesuffix("root") for kind, value in named if kind == "AWS" and value.endswith(":root")]
    return "account" if any(who.startswith(root) for root in roots) else None


def _is_true(operator: str, key: str, wanted: Any, context: Mapping[str, str]) -> bool:
    if operator == "Null":
        return (key not in context) == (wanted == "true")
    if_exists = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    negated = "Not" in operator
    if key not in context:
        return if_exists or negated
    found = any(_compare(operator.replace("Not", ""), context[key], value) for value in listed(wanted))
    return found != negated


def _compare(operator: str, actual: str, wanted: str) -> bool:
    match operator:
        case "StringEquals" | "Bool":
            return actual == wanted
        case "StringLike" | "ArnLike" | "ArnEquals":
            return _glob(wanted, actual)
        case "NumericLessThan":
            return float(actual) < float(wanted)
        case _:
            raise AssertionError(f"the evaluator does not know {operator}")


def _any_glob(patterns: Any, value: str, *, lower: bool = False) -> bool:
    return any(_glob(pattern.lower() if lower else pattern, value) for pattern in listed(patterns))


def _glob(pattern: str, value: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), value) is not None


def listed(value: Any) -> list[Any]:
    """A list of the values: a policy may contain a single one without a list."""
    return value if isinstance(value, list) else [value]
