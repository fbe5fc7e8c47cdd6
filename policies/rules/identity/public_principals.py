"""A policy for everybody is open to the whole of AWS, and to those without an account."""

from collections.abc import Iterator, Mapping
from functools import partial

from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

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

OPEN_ACLS = ("public-read", "public-read-write", "authenticated-read")
OPEN_VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "aws:lambda/permission:Permission": {"principal": ("*",)},
    "aws:lambda/functionUrl:FunctionUrl": {"authorizationType": ("NONE",)},
    "aws:cloudwatch/eventPermission:EventPermission": {"principal": ("*",)},
    "aws:s3/bucketAcl:BucketAcl": {"acl": OPEN_ACLS},
    "aws:s3/bucket:Bucket": {"acl": OPEN_ACLS},
}
"""What opens a resource to everybody without a policy document: type, property, values."""


RULE = Rule(
    id="public-principals",
    title="No role, key, bucket, queue, topic, secret or function is open to everybody",
    severity=Severity.CRITICAL,
    family=Family.IDENTITY,
    applies_to=tuple(dict.fromkeys(types_with(*KINDS) + tuple(OPEN_VALUES))),
    requirement=Requirement.ISOLATION,
    why="Principal `*` without a binding condition lets any account of AWS in, and for some services the internet.",
    remedy="name the principals, or bind them by aws:PrincipalAccount or aws:PrincipalArn without IfExists",
    frameworks={"CIS AWS": ("2.1.4",), "SOC 2": ("CC6.1", "CC6.6", "C1.1"), "ISO 27001": ("A.5.15", "A.8.3", "A.8.12")},
)


@RULE.check
def somebody_is_named(node: Node, _: Case) -> Iterator[Finding]:
    for path, refused in OPEN_VALUES.get(node.type, {}).items():
        yield from RULE.require(node, path, partial(_is_none_of, refused), "is open to everybody", optional=True)
    yield from judge_allowed(RULE, node, KINDS, lambda statement: _everybody(node, statement))


def _is_none_of(refused: tuple[str, ...], value: object) -> bool:
    return value not in refused


def _everybody(node: Node, statement: Statement) -> Iterator[Finding]:
    if any(principal.is_anyone for principal in statement.principals) and not _narrowed(statement):
        yield RULE.violation(node, f"{statement.path}.Principal", "allows everybody, and no condition binds whom")


def _narrowed(statement: Statement) -> bool:
    return any(
        values and all(value.strip("*?:") for value in values)
        for values in (statement.bound_values(key) for key in NARROWING)
    )
