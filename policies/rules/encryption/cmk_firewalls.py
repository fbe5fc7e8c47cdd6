"""The firewall's rules list whom a keep talks to."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import FRAMEWORKS, AtRest, encrypted

_OWN = AtRest(switch="encryptionConfiguration.type", on="CUSTOMER_KMS", key="encryptionConfiguration.keyId")
TYPES = {
    "aws:networkfirewall/firewall:Firewall": _OWN,
    "aws:networkfirewall/firewallPolicy:FirewallPolicy": _OWN,
    "aws:networkfirewall/ruleGroup:RuleGroup": _OWN,
}

RULE = Rule(
    id="cmk-firewalls",
    title="Network firewalls, their policies and rule groups are encrypted with the keep's own keys",
    severity=Severity.MEDIUM,
    family=Family.ENCRYPTION,
    applies_to=tuple(TYPES),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="The allow-list names the customer's suppliers and hosts.",
    remedy="use components.network.egress, or set encryptionConfiguration to CUSTOMER_KMS with the key of class log",
    frameworks=FRAMEWORKS,
)


@RULE.check
def encrypts_firewalls(node: Node, _: Case) -> Iterator[Finding]:
    yield from encrypted(RULE, node, TYPES)
