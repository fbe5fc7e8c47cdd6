"""The account's default encrypts the volumes that nobody thought of encrypting."""

from collections.abc import Iterator

from policies.conditions import TRUE, Expectation
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, encryption_rule
from policies.rules.encryption._at_rest import OWN_KEY

SWITCH, KEY = "aws:ebs/encryptionByDefault:EncryptionByDefault", "aws:ebs/defaultKmsKey:DefaultKmsKey"
COMPANIONS = {SWITCH: (KEY, "names no key of its own"), KEY: (SWITCH, "is not encrypted by default")}

RULE = encryption_rule(
    id="ebs-default-encryption",
    title="Volumes are encrypted by default, with the keep's own key, in every region the account defaults are set in",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="A volume made by hand in an emergency is encrypted only if the account does it.",
    remedy="use components.observe.account_defaults, which sets switch and key in each region",
    frameworks={"CIS AWS": ("2.2.1",), "SOC 2": ("CC6.1",), "ISO 27001": ("A.8.24",)},
    scope=Scope.STACK,
    expects={SWITCH: (Expectation("enabled", TRUE, optional=True),), KEY: (Expectation("keyArn", OWN_KEY),)},
)


@RULE.check
def has_switch_and_key(node: Node, case: Case) -> Iterator[Finding]:
    companion, lack = COMPANIONS[node.type]
    if not any(each.region == node.region for each in case.graph.of_type(companion)):
        yield RULE.violation(node, "region", f"the account {lack} in {node.region}: must have both, key and switch")
