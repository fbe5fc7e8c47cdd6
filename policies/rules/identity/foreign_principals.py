"""Trust in another account is trust in everybody who administers it."""

import re
from collections.abc import Iterable, Iterator, Mapping

from policies.accounts import is_trusted, trusted_accounts
from policies.documents import Kind, Principal, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, identity_rule

KINDS = (Kind.TRUST, Kind.RESOURCE, Kind.KEY)
SERVICE = re.compile(r"^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazonaws\.eu)$")
NAMED = ("aws:PrincipalAccount", "aws:PrincipalArn", "kms:CallerAccount")
"""Condition keys by which a statement for everybody names its principals."""

SINGLE: Mapping[str, str] = {
    "aws:cloudwatch/eventPermission:EventPermission": "principal",
    "aws:eks/accessEntry:AccessEntry": "principalArn",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": "principalArn",
    "aws:kms/grant:Grant": "granteePrincipal",
    "aws:lambda/permission:Permission": "principal",
}
"""Type → path of a principal outside a policy document."""

RULE = identity_rule(
    id="foreign-principals",
    title="Roles, keys, buckets, queues, topics and secrets trust no account but the keep's",
    severity=Severity.CRITICAL,
    applies_to=types_with(*KINDS) + tuple(SINGLE),
    requirement=Requirement.ISOLATION,
    why="Whoever another account lets assume the trusted principal reaches into this keep.",
    remedy="name principals of account.id; others come in only by access.entry_principals or customer-held keys",
    frameworks={"SOC 2": ("CC6.1", "CC6.3", "C1.1"), "ISO 27001": ("A.5.15", "A.5.23", "A.8.3")},
)


@RULE.check
def own_principals(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in SINGLE:
        yield from _single(node, SINGLE[node.type], case)
    yield from judge_allowed(RULE, node, KINDS, lambda statement: _statement(node, statement, case))


def _single(node: Node, path: str, case: Case) -> Iterator[Finding]:
    value = first(node.inputs, path)
    if value is MISSING:
        return
    if not isinstance(value, str):
        yield RULE.undecided(node, path)
    elif value != "*" and not SERVICE.match(value):  # everybody: the rule public-principals
        yield from _foreign(node, path, [value], case)


def _statement(node: Node, statement: Statement, case: Case) -> Iterator[Finding]:
    for principal in statement.principals:
        if principal.is_anyone:
            named = [value for key in NAMED for value in statement.bound_values(key)]
            yield from _foreign(node, f"{statement.path}.Condition", named, case)
        else:
            yield from _principal(node, f"{statement.path}.Principal", principal, case)


def _principal(node: Node, path: str, principal: Principal, case: Case) -> Iterator[Finding]:
    if principal.kind == "Service":
        if not SERVICE.match(principal.value):
            yield RULE.violation(node, path, f"trusts {principal.value!r}, which is no service of AWS")
    elif principal.kind == "CanonicalUser":
        yield RULE.violation(node, path, f"trusts the canonical user {principal.value}, which hides its account")
    else:
        yield from _foreign(node, path, [principal.value], case)


def _foreign(node: Node, path: str, principals: Iterable[str], case: Case) -> Iterator[Finding]:
    """Nothing where neither spec nor provider names the keep's account."""
    trusted = trusted_accounts(node, case)
    for principal in principals:
        if trusted and not is_trusted(principal, trusted, case):
            accounts = ", ".join(sorted(trusted))
            yield RULE.violation(node, path, f"trusts {principal}; the accounts trusted are {accounts}")
