"""A service of AWS acts for whoever asks it: the policy must say for whose resources."""

from collections.abc import Iterator, Mapping
from functools import partial

from policies.accounts import account_of, trusted_accounts
from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

KINDS = (Kind.TRUST, Kind.RESOURCE, Kind.KEY)
LAMBDA_PERMISSION = "aws:lambda/permission:Permission"

ACCOUNTS = ("aws:SourceAccount", "kms:CallerAccount")
SOURCES = (
    "aws:SourceArn",
    "kms:EncryptionContext:aws:logs:arn",
    "kms:EncryptionContext:aws:cloudtrail:arn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:PrincipalOrgID",
)
"""Condition keys that say on whose behalf a service acts."""

WITHOUT_SOURCE: Mapping[str, str] = {
    "ec2.amazonaws.com": "EC2 hands a role only to instances of the role's own account, and sends no source",
    "lambda.amazonaws.com": "Lambda takes on only roles of the function's own account, and sends no source",
}
"""Services whose role trusts need no source, and why."""


RULE = Rule(
    id="confused-deputy",
    title="Services of AWS are trusted only on behalf of the keep's own resources",
    severity=Severity.HIGH,
    family=Family.IDENTITY,
    applies_to=(*types_with(*KINDS), LAMBDA_PERMISSION),
    requirement=Requirement.ISOLATION,
    why="Without a source, another customer of the service can make it act on this keep's role, key or bucket.",
    remedy="add aws:SourceAccount or aws:SourceArn, as components.iam_policy.from_account does",
    frameworks={"SOC 2": ("CC6.1", "CC6.3"), "ISO 27001": ("A.5.15", "A.5.23", "A.8.3")},
)


@RULE.check
def sources_are_named(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == LAMBDA_PERMISSION:
        yield from _invoker(node)
    trusted = trusted_accounts(node, case)
    for kind in KINDS:
        yield from judge_allowed(RULE, node, (kind,), partial(_services, node, kind, trusted))


def _services(node: Node, kind: Kind, trusted: frozenset[str], statement: Statement) -> Iterator[Finding]:
    services = [each.value for each in statement.principals if each.kind == "Service"]
    if kind is Kind.TRUST:
        services = [each for each in services if each not in WITHOUT_SOURCE]
    if services and not _names_source(statement, trusted):
        yield RULE.violation(
            node, f"{statement.path}.Condition", f"lets {', '.join(services)} act for anybody's resources"
        )


def _names_source(statement: Statement, trusted: frozenset[str]) -> bool:
    """One key is enough, since all conditions must hold; of its values, any may, so each must be ours."""
    accounts = (statement.bound_values(key) for key in ACCOUNTS)
    if any(values and all(_is_own(value, trusted) for value in values) for values in accounts):
        return True
    sources = (statement.bound_values(key) for key in SOURCES)
    return any(values and all(_is_own_source(value, trusted) for value in values) for values in sources)


def _is_own(account: str, trusted: frozenset[str]) -> bool:
    return account in trusted if trusted else account.isdigit()


def _is_own_source(source: str, trusted: frozenset[str]) -> bool:
    """References, organizations and names of buckets, which carry no account, name what they mean."""
    if not source.startswith("arn:"):
        return bool(source.strip("*?"))
    account = account_of(source)
    if account is not None:
        return _is_own(account, trusted)
    parts = source.split(":", 5)
    return len(parts) == 6 and parts[2] == "s3" and bool(parts[5].strip("*/"))


def _invoker(node: Node) -> Iterator[Finding]:
    principal = first(node.inputs, "principal")
    if not isinstance(principal, str) or "." not in principal:
        return  # an account, which the rule foreign-principals judges
    if all(first(node.inputs, path) is MISSING for path in ("sourceArn", "sourceAccount", "principalOrgId")):
        yield RULE.violation(node, "sourceArn", f"not set: lets {principal} invoke for anybody's resources")
