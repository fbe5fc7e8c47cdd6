"""A service of AWS acts for anybody who asks it: the policy must say on whose behalf."""

from collections.abc import Iterator, Mapping
from functools import partial

from policies.accounts import account_of, trusted_accounts
from policies.documents import Kind, Statement, judge_allowed, types_with
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, identity_rule

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
    "aws:RequestTag/eks-cluster-arn",
)
"""Condition keys that say on whose behalf a service acts."""

PASSED = "takes only roles that somebody of their own account passed to it, and sends no source"
PUBLISHES = "EventBridge sends no source to topics nor to their keys: with a condition it publishes nothing"
WITHOUT_SOURCE: Mapping[tuple[str, str], str] = {
    ("ec2.amazonaws.com", "sts:assumerole"): "EC2 gives a role only to instances of its account, and sends no source",
    ("lambda.amazonaws.com", "sts:assumerole"): "Lambda assumes only roles of the function's account, without source",
    ("cloudtrail.amazonaws.com", "sts:assumerole"): f"CloudTrail {PASSED} (CloudTrail User Guide)",
    ("s3.amazonaws.com", "sts:assumerole"): f"S3 replication {PASSED} (S3 User Guide)",
    **{
        ("events.amazonaws.com", action): PUBLISHES
        for action in ("sns:publish", "kms:decrypt", "kms:generatedatakey", "kms:generatedatakey*")
    },
}
"""Service and action (lower case) for which AWS knows no source, and why; with their sources in key_conditions.toml."""

RULE = identity_rule(
    id="confused-deputy",
    title="Services of AWS are trusted only on behalf of the keep's own resources",
    severity=Severity.HIGH,
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
        yield from judge_allowed(RULE, node, (kind,), partial(_services, node, trusted))


def _services(node: Node, trusted: frozenset[str], statement: Statement) -> Iterator[Finding]:
    services = [each.value for each in statement.principals if each.kind == "Service"]
    services = [
        service
        for service in services
        if any((service, action.lower()) not in WITHOUT_SOURCE for action in statement.actions or ("*",))
    ]
    if services and not _names_source(statement, trusted):
        message = f"lets {', '.join(services)} act for anybody's resources"
        yield RULE.violation(node, f"{statement.path}.Condition", message)


def _names_source(statement: Statement, trusted: frozenset[str]) -> bool:
    """One key is enough, since all conditions must hold; each of its values must be ours, since any may apply."""
    return any(
        values and all(is_own(value, trusted) for value in values)
        for keys, is_own in ((ACCOUNTS, _is_own), (SOURCES, _is_own_source))
        for values in map(statement.bound_values, keys)
    )


def _is_own(account: str, trusted: frozenset[str]) -> bool:
    return account in trusted if trusted else account.isdigit()


def _is_own_source(source: str, trusted: frozenset[str]) -> bool:
    """References, organizations and bucket names have no account in them; a name is enough."""
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
