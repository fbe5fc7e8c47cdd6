"""Allow with NotAction, NotResource or NotPrincipal grants everything that somebody forgot to name."""

import json
from collections.abc import Iterator

from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.rule import Case, Family, Finding, Guard, Requirement, Rule, Severity

KINDS = tuple(Kind)

RULE = Rule(
    id="inverted-grants",
    title="No policy allows by exclusion",
    severity=Severity.HIGH,
    family=Family.IDENTITY,
    applies_to=types_with(*KINDS),
    requirement=Requirement.ACCESS_CONTROL,
    why="All but the named is allowed then: new actions, new resources and every stranger are in it.",
    remedy="name what is allowed, and refuse in a Deny what must never be",
    frameworks={"CIS AWS": ("1.16",), "SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.8.3")},
    guards=(
        Guard(
            type="aws:iam/rolePolicy:RolePolicy",
            path="policy|Statement[0]",
            values=(
                {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
                {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secret/*"},
            ),
        ),
        Guard(
            type="aws:s3/bucketPolicy:BucketPolicy",
            path="policy|Statement[0]",
            values=({"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject"},),
        ),
        Guard(
            type="aws:ec2/vpcEndpoint:VpcEndpoint",
            path="policy",
            values=(json.dumps({"Statement": {"Effect": "Allow", "NotAction": "s3:DeleteObject", "Resource": "*"}}),),
        ),
    ),
)


@RULE.check
def nothing_by_exclusion(node: Node, _: Case) -> Iterator[Finding]:
    yield from judge_allowed(RULE, node, KINDS, lambda statement: _inverted(node, statement))


def _inverted(node: Node, statement: Statement) -> Iterator[Finding]:
    excluded = {
        "NotAction": statement.not_actions,
        "NotResource": statement.not_resources,
        "NotPrincipal": [principal.value for principal in statement.not_principals],
    }
    for element, values in excluded.items():
        if values:
            yield RULE.violation(node, f"{statement.path}.{element}", f"allows all but {', '.join(values)}")
