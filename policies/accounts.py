"""Accounts: the keep's own, those that it trusts, those that ARNs name."""

import re
from collections.abc import Mapping

from policies.graph import Node
from policies.graph.references import reference_of
from policies.rule import Case

_ACCOUNT = re.compile(r"^\d{12}$")
_ARN = re.compile(r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):")


def account_of(text: str) -> str | None:
    """The account that an ARN names, or that the text is; None where it names none."""
    if _ACCOUNT.match(text):
        return text
    match = _ARN.match(text)
    return match.group(1) if match else None


def own_accounts(node: Node, case: Case) -> frozenset[str]:
    """The account of the spec, else those that the resource's provider is bound to; empty where neither names one."""
    if case.facts.account_id:
        return frozenset({case.facts.account_id})
    provider = case.graph.get(node.provider or "")
    inputs: Mapping[str, object] = provider.inputs if provider else {}
    allowed = inputs.get("allowedAccountIds")
    return frozenset(str(account) for account in allowed) if isinstance(allowed, (list, tuple)) else frozenset()


def trusted_accounts(node: Node, case: Case) -> frozenset[str]:
    """Own accounts, the deployer's and those of customer-held keys; empty where the keep's own is not known."""
    own = own_accounts(node, case)
    deployer = account_of(case.facts.deployer_role_arn or "")
    return own | case.facts.customer_key_accounts | ({deployer} if deployer else set()) if own else own


def is_trusted(text: str, trusted: frozenset[str], case: Case) -> bool:
    """Whether a principal is in a trusted account, is named in the spec, or is made by this program."""
    if reference_of(text) is not None or text in case.facts.entry_principals:
        return True
    return account_of(text) in trusted
