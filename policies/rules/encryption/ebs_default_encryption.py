"""What nobody thought of encrypting is encrypted by the account's default."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.encryption._keys import customer_key

SWITCH, KEY = "aws:ebs/encryptionByDefault:EncryptionByDefault", "aws:ebs/defaultKmsKey:DefaultKmsKey"

RULE = Rule(
    id="ebs-default-encryption",
    title="Volumes are encrypted by default, with the keep's own key, in every region the account defaults are set in",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(SWITCH, KEY),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="A volume made by hand in an emergency is encrypted only if the account does it.",
    remedy="use components.observe.account_defaults, which sets switch and key in each region",
    frameworks={"CIS AWS": ("2.2.1",), "SOC 2": ("CC6.1",), "ISO 27001": ("A.8.24",)},
    scope=Scope.STACK,
)


@RULE.check
def encrypts_unasked(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == SWITCH:
        yield from RULE.require(node, "enabled", lambda on: on is True, "must be true", optional=True)  # AWS's default
        yield from _companion(node, KEY, "names no key of its own", case)
    else:
        yield from customer_key(RULE, node, "keyArn")
        yield from _companion(node, SWITCH, "is not encrypted by default", case)


def _companion(node: Node, type_: str, lack: str, case: Case) -> Iterator[Finding]:
    if not any(each.region == node.region for each in case.graph.of_type(type_)):
        yield RULE.violation(node, "region", f"the account {lack} in {node.region}: must have both, key and switch")
