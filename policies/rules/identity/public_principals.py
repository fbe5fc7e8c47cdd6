"""A policy for everybody is open to every account of AWS, and to those without one."""

from collections.abc import Iterator, Mapping

from policies.conditions import Condition, Expectation
from policies.documents import Kind, Statement, check_allowed, types_with
from policies.graph import Node
from policies.rule import Finding, Requirement, Severity, identity_rule
from policies.rules._types import BUCKETS

KINDS = (Kind.TRUST, Kind.RESOURCE, Kind.KEY)
NARROWING = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "kms:CallerAccount",
)
"""Condition keys that narrow everybody down to somebody."""


def _closed(path: str, *refused: str) -> tuple[Expectation, ...]:
    """Values that open a resource to everybody without a policy document."""
    condition = Condition(lambda value: value not in refused, "is open to everybody")
    return (Expectation(path, condition, optional=True),)


OPEN_ACLS = ("public-read", "public-read-write", "authenticated-read")
SINGLE: Mapping[str, tuple[Expectation, ...]] = {
    "aws:lambda/permission:Permission": _closed("principal", "*"),
    "aws:lambda/functionUrl:FunctionUrl": _closed("authorizationType", "NONE"),
    "aws:cloudwatch/eventPermission:EventPermission": _closed("principal", "*"),
    "aws:s3/bucketAcl:BucketAcl": _closed("acl", *OPEN_ACLS),
    BUCKETS[0]: _closed("acl", *OPEN_ACLS),
}

RULE = identity_rule(
    id="public-principals",
    title="No role, key, bucket, queue, topic, secret or function is open to everybody",
    severity=Severity.CRITICAL,
    applies_to=tuple(dict.fromkeys(types_with(*KINDS) + tuple(SINGLE))),
    requirement=Requirement.ISOLATION,
    why="Principal `*` without a binding condition lets any account of AWS in, and for some services the internet.",
    remedy="name the principals, or bind them by aws:PrincipalAccount or aws:PrincipalArn without IfExists",
    frameworks={"CIS AWS": ("2.1.4",), "SOC 2": ("CC6.1", "CC6.6", "C1.1"), "ISO 27001": ("A.5.15", "A.8.3", "A.8.12")},
    expects=SINGLE,
)


@check_allowed(RULE, *KINDS)
def somebody_is_named(node: Node, statement: Statement) -> Iterator[Finding]:
    if any(principal.is_anyone for principal in statement.principals) and not _narrowed(statement):
        yield RULE.violation(node, f"{statement.path}.Principal", "allows everybody, and no condition binds whom")


def _narrowed(statement: Statement) -> bool:
    return any(
        values and all(value.strip("*?:") for value in values) for values in map(statement.bound_values, NARROWING)
    )
