"""A provider that is not bound to an account works on whichever account's keys are at hand."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.accounts import account_of
from policies.graph import Node
from policies.reading import Found
from policies.rule import ANY_RESOURCE, Case, Family, Finding, Requirement, Rule, Severity

PROVIDER = "pulumi:providers:aws"

RULE = Rule(
    id="provider-accounts",
    title="Every AWS provider names the keep's account and region, and takes on roles of that account alone",
    severity=Severity.CRITICAL,
    family=Family.TENANCY,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.ISOLATION,
    why="With the wrong credentials in the shell, one keep's program would build and delete in another's account.",
    remedy="make the provider as stacks.program.aws_provider does, and hand it to every resource",
    frameworks={"SOC 2": ("CC6.1", "CC8.1"), "ISO 27001": ("A.5.23", "A.8.9", "A.8.31")},
)


@RULE.check
def bound_to_account(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == PROVIDER:
        yield from _accounts(node, case)
        yield from RULE.require(node, "region", bool, "must name the region")
        yield from _roles(node, case)
    elif node.package == "aws" and node.provider is None and case.facts.account_id and not node.options.get("external"):
        yield RULE.violation(node, "provider", "not set: the default provider is bound to no account")


def _accounts(node: Node, case: Case) -> Iterator[Finding]:
    own = case.facts.account_id
    message = f"must be [{own}]" if own else "must name one account"
    yield from RULE.require(node, "allowedAccountIds", lambda found: _is_one(found, own), message)


def _is_one(found: Any, own: str) -> bool:
    accounts = [str(account) for account in found] if isinstance(found, (list, tuple)) else []
    return accounts == [own] if own else len(accounts) == 1 and accounts[0].isdigit()


def _roles(node: Node, case: Case) -> Iterator[Finding]:
    own = case.facts.account_id or _only(node.inputs)

    def taken_on(found: Found) -> Iterator[Finding]:
        if own and account_of(str(found.value)) != own:
            yield RULE.violation(node, found.path, f"takes on {found.value}, which is not a role of account {own}")

    yield from RULE.each(node, "assumeRoles[*].roleArn", taken_on)


def _only(inputs: Mapping[str, Any]) -> str:
    accounts = inputs.get("allowedAccountIds")
    return str(accounts[0]) if isinstance(accounts, (list, tuple)) and len(accounts) == 1 else ""
