"""Tokens of Git hosts and registries open the code from the other side."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Severity, encryption_rule
from policies.rules._types import SECRET
from policies.rules.encryption._at_rest import FRAMEWORKS, OWN_KEY

RULE = encryption_rule(
    id="cmk-secrets",
    title="Secrets, their replicas and secure parameters are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    applies_to=(SECRET, "aws:ssm/parameter:Parameter"),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Under aws/secretsmanager every identity of the account with read access can decrypt; a key of ours says who.",
    remedy="use components.keys.secret_slot, or set kmsKeyId to the key of data class secret",
    frameworks=FRAMEWORKS,
)


@RULE.check
def encrypts_secrets(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == SECRET:
        yield from RULE.require(node, "kmsKeyId", OWN_KEY)
        if any(found.value is not MISSING for found in read(node.inputs, "replicas[*]")):
            yield from RULE.require(node, "replicas[*].kmsKeyId", OWN_KEY)
    elif node.inputs.get("type") == "SecureString":
        yield from RULE.require(node, "keyId", OWN_KEY)
