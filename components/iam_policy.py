"""Policy documents as typed statements.

    document(Statement(sid="Read", actions=("s3:GetObject",), resources=(objects,)))  # Output[str], JSON

A statement that allows something with a wildcard needs a `wildcard_reason`, which stays in the code.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi

VERSION = "2012-10-17"
SID_PATTERN = re.compile(r"^[A-Za-z0-9]{1,64}$")

Effect = Literal["Allow", "Deny"]
PrincipalKind = Literal["AWS", "Service", "Federated"]
Conditions = Mapping[str, Mapping[str, pulumi.Input[str] | Sequence[pulumi.Input[str]]]]
Principals = Mapping[PrincipalKind, Sequence[pulumi.Input[str]]]

ANYONE: Principals = {"AWS": ("*",)}
"""Every principal, to be narrowed by conditions. In an Allow it needs a `wildcard_reason`."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement. Resource and trust policies have `principals`, identity policies have none."""

    sid: str
    actions: Sequence[str] = ()
    not_actions: Sequence[str] = ()
    resources: Sequence[pulumi.Input[str]] = ()
    not_resources: Sequence[pulumi.Input[str]] = ()
    effect: Effect = "Allow"
    principals: Principals | None = None
    conditions: Conditions = field(default_factory=dict)
    wildcard_reason: str = ""

    def __post_init__(self) -> None:
        if not SID_PATTERN.match(self.sid):
            raise ValueError(f"sid must be 1-64 letters and digits, got {self.sid!r}")
        if bool(self.actions) == bool(self.not_actions):
            raise ValueError(f"statement {self.sid}: give either actions or not_actions, and at least one")
        if self.effect == "Allow" and (wild := self._wildcards()) and not self.wildcard_reason:
            raise ValueError(
                f"statement {self.sid} allows {', '.join(wild)}: name what is meant, or give the wildcard_reason"
            )

    def _wildcards(self) -> list[str]:
        actions = [action for action in self.actions if action == "*" or action.endswith(":*")]
        resources = [resource for resource in self.resources if isinstance(resource, str) and resource == "*"]
        principals = [
            principal
            for values in (self.principals or {}).values()
            for principal in values
            if isinstance(principal, str) and principal == "*"
        ]
        inverted = [f"everything but {', '.join(self.not_actions)}"] if self.not_actions else []
        return [*actions, *resources, *principals, *inverted]

    def render(self) -> dict[str, Any]:
        """The statement in AWS's JSON form; values may still be Outputs."""
        parts = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Principal": {kind: _plain(values) for kind, values in (self.principals or {}).items()},
            "Action": list(self.actions),
            "NotAction": list(self.not_actions),
            "Resource": _plain(self.resources),
            "NotResource": _plain(self.not_resources),
            "Condition": {operator: dict(keys) for operator, keys in self.conditions.items()},
        }
        return {key: value for key, value in parts.items() if value}


def _plain(values: Sequence[pulumi.Input[str]]) -> Any:
    """A single value without a list, as AWS returns it; some readers of policies expect that."""
    return values[0] if len(values) == 1 else list(values)


def deny(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]],
    conditions: Conditions,
) -> Statement:
    """Denies the actions to every principal that meets the conditions; no Allow elsewhere can override it."""
    return Statement(
        sid=sid, effect="Deny", principals=ANYONE, actions=actions, resources=resources, conditions=conditions
    )


def allow_service(
    service: str, sid: str, actions: Sequence[str], resource: pulumi.Input[str], conditions: Conditions
) -> Statement:
    """Lets an AWS service such as `events.amazonaws.com` act on a resource by itself."""
    return Statement(
        sid=sid, principals={"Service": (service,)}, actions=actions, resources=(resource,), conditions=conditions
    )


def document(*statements: Statement) -> pulumi.Output[str]:
    """JSON text of a policy.

    Raises:
        ValueError: there is no statement, or two share a sid (AWS refuses both).
    """
    return pulumi.Output.json_dumps(rendered(*statements))


def rendered(*statements: Statement) -> dict[str, Any]:
    """A policy in AWS's JSON form; values may still be Outputs.

    Raises:
        ValueError: there is no statement, or two share a sid (AWS refuses both).
    """
    sids = [statement.sid for statement in statements]
    if not sids:
        raise ValueError("a policy needs at least one statement")
    if twice := sorted({sid for sid in sids if sids.count(sid) > 1}):
        raise ValueError(f"statement ids must differ within a policy, twice: {', '.join(twice)}")
    return {"Version": VERSION, "Statement": [each.render() for each in statements]}


def trust_policy(
    *services: str, actions: Sequence[str] = ("sts:AssumeRole",), conditions: Conditions | None = None
) -> pulumi.Output[str]:
    """A role's trust policy for AWS services: `trust("vpc-flow-logs.amazonaws.com", conditions=from_account(...))`."""
    return document(
        Statement(sid="Trust", actions=actions, principals={"Service": services}, conditions=conditions or {})
    )


def from_account(
    account_id: str, source_arns: pulumi.Input[str] | Sequence[pulumi.Input[str]] | None = None
) -> Conditions:
    """Confused-deputy guard: the service acts for a resource of this account, and for one of `source_arns` if given."""
    account: Conditions = {"StringEquals": {"aws:SourceAccount": account_id}}
    return account if source_arns is None else {**account, "ArnLike": {"aws:SourceArn": source_arns}}
