"""Images contain engines, adapters and what was built from the customer's packages."""

from collections.abc import Iterator

from policies.conditions import Expectation, one_of
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, encryption_rule
from policies.rules._types import REPOSITORY
from policies.rules.encryption._at_rest import FRAMEWORKS, OWN_KEY, at_rest

PATH = "encryptionConfigurations"

RULE = encryption_rule(
    id="cmk-images",
    title="Image and package registries are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="A fine-tuned adapter in an image carries what it was tuned on.",
    remedy="use components.storage.image_registry, or set encryptionType KMS with the key of data class model",
    frameworks=FRAMEWORKS,
    expects={
        REPOSITORY: (
            Expectation(f"{PATH}[*].encryptionType", one_of("KMS", "KMS_DSSE")),
            Expectation(f"{PATH}[*].kmsKey", OWN_KEY),
        ),
        "aws:codeartifact/domain:Domain": at_rest("encryptionKey"),
        "aws:imagebuilder/component:Component": at_rest("kmsKeyId"),
    },
)


@RULE.check
def is_configured(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == REPOSITORY and node.inputs.get(PATH) in ([], ()):
        for each in RULE.expects[REPOSITORY]:
            yield RULE.violation(node, PATH, f"not set: {each.condition.allowed}")
