"""The firewall's rules list the hosts that a keep talks to."""

from policies.conditions import equals
from policies.rule import Requirement, Severity, encryption_rule
from policies.rules._types import FIREWALL
from policies.rules.encryption._at_rest import FRAMEWORKS, at_rest

OWN = at_rest("encryptionConfiguration.keyId", "encryptionConfiguration.type", on=equals("CUSTOMER_KMS"))

RULE = encryption_rule(
    id="cmk-firewalls",
    title="Network firewalls, their policies and rule groups are encrypted with the keep's own keys",
    severity=Severity.MEDIUM,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="The allow-list names the customer's suppliers and hosts.",
    remedy="use components.network.egress, or set encryptionConfiguration to CUSTOMER_KMS with the key of class log",
    frameworks=FRAMEWORKS,
    expects={
        FIREWALL: OWN,
        "aws:networkfirewall/firewallPolicy:FirewallPolicy": OWN,
        "aws:networkfirewall/ruleGroup:RuleGroup": OWN,
    },
)
