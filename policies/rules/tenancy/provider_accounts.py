"""A provider that is not bound to an account works on whichever account's credentials are in the environment."""

from collections.abc import Iterator
from typing import Any

from policies.accounts import account_of
from policies.conditions import Condition, names
from policies.graph import Node
from policies.graph.build import AWS_PROVIDER_TYPE
from policies.graph.values import has_unknown
from policies.reading import Found
from policies.rule import ANY_RESOURCE, Case, Finding, Requirement, Severity, tenancy_rule

RULE = tenancy_rule(
    id="provider-accounts",
    title="Every AWS provider names the keep's account and region, and assumes only roles of that account",
    severity=Severity.CRITICAL,
    applies_to=(ANY_RESOURCE,),
    requirement=Requirement.ISOLATION,
    why="With the wrong credentials in the shell, one keep's program would build and delete in another's account.",
    remedy="make the provider as stacks.program.aws_provider does, and pass it to every resource",
    frameworks={"SOC 2": ("CC6.1", "CC8.1"), "ISO 27001": ("A.5.23", "A.8.9", "A.8.31")},
)


@RULE.check
def bound_to_account(node: Node, case: Case) -> Iterator[Finding]:
    own = case.facts.account_id
    if node.type == AWS_PROVIDER_TYPE:
        one_account = Condition(
            lambda found: _is_one(found, own), f"must be [{own}]" if own else "must name one account"
        )
        yield from RULE.require(node, "allowedAccountIds", one_account)
        yield from RULE.require(node, "region", names("the region"))
        yield from _roles(node, own or _only(node.inputs.get("allowedAccountIds")))
    elif node.package == "aws" and node.provider is None and own and not node.options.get("external"):
        yield RULE.violation(node, "provider", "not set: the default provider is bound to no account")


def _is_one(found: Any, own: str) -> bool | None:
    if has_unknown(found):
        return None
    accounts = [str(account) for account in found] if isinstance(found, (list, tuple)) else []
    return accounts == [own] if own else len(accounts) == 1 and accounts[0].isdigit()


def _roles(node: Node, own: str) -> Iterator[Finding]:
    def assumed(found: Found) -> Iterator[Finding]:
        if own and account_of(str(found.value)) != own:
            yield RULE.violation(node, found.path, f"assumes {found.value}, which is not a role of account {own}")

    yield from RULE.each(node, "assumeRoles[*].roleArn", assumed)


def _only(accounts: Any) -> str:
    return str(accounts[0]) if isinstance(accounts, (list, tuple)) and len(accounts) == 1 else ""
