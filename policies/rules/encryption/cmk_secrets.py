"""Tokens of Git hosts and registries open the code from the other side."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import FRAMEWORKS, customer_key

SECRET, PARAMETER = "aws:secretsmanager/secret:Secret", "aws:ssm/parameter:Parameter"
REPLICA_KEY = "replicas[*].kmsKeyId"

RULE = Rule(
    id="cmk-secrets",
    title="Secrets, their replicas and secure parameters are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(SECRET, PARAMETER),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Under aws/secretsmanager every identity of the account with read access can decrypt; a key of ours says who.",
    remedy="use components.keys.secret_slot, or set kmsKeyId to the key of data class secret",
    frameworks=FRAMEWORKS,
)


@RULE.check
def encrypts_secrets(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == SECRET:
        yield from customer_key(RULE, node, "kmsKeyId")
        if any(found.value is not MISSING for found in read(node.inputs, "replicas[*]")):
            yield from customer_key(RULE, node, REPLICA_KEY)
    elif node.inputs.get("type") == "SecureString":
        yield from customer_key(RULE, node, "keyId")
