"""Images hold engines, adapters and what was built from the customer's packages."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import FRAMEWORKS, AtRest, customer_key, encrypted, switched

REPOSITORY = "aws:ecr/repository:Repository"
KMS_TYPES = ("KMS", "KMS_DSSE")
TYPES = {
    "aws:codeartifact/domain:Domain": AtRest(key="encryptionKey"),
    "aws:imagebuilder/component:Component": AtRest(key="kmsKeyId"),
}

RULE = Rule(
    id="cmk-images",
    title="Image and package registries are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=(REPOSITORY, *TYPES),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="A fine-tuned adapter in an image carries what it was tuned on.",
    remedy="use components.storage.image_registry, or set encryptionType KMS with the key of data class model",
    frameworks=FRAMEWORKS,
)


@RULE.check
def encrypts_images(node: Node, _: Case) -> Iterator[Finding]:
    if node.type != REPOSITORY:
        yield from encrypted(RULE, node, TYPES)
        return
    path = "encryptionConfigurations[*].encryptionType"
    yield from switched(RULE, node, path, lambda kind: kind in KMS_TYPES, f"must be one of {', '.join(KMS_TYPES)}")
    yield from customer_key(RULE, node, "encryptionConfigurations[*].kmsKey")
