"""The index holds every chunk of code in clear, and its embedding."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import FRAMEWORKS, AtRest, encrypted

TYPES = {
    "aws:opensearch/domain:Domain": AtRest(switch="encryptAtRest.enabled", key="encryptAtRest.kmsKeyId"),
    "aws:elasticsearch/domain:Domain": AtRest(switch="encryptAtRest.enabled", key="encryptAtRest.kmsKeyId"),
    "aws:kendra/index:Index": AtRest(key="serverSideEncryptionConfiguration.kmsKeyId"),
}

RULE = Rule(
    id="cmk-index",
    title="The vector index is encrypted with the keep's own key",
    severity=Severity.CRITICAL,
    family=Family.ENCRYPTION,
    applies_to=tuple(TYPES),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="The index is a readable copy of the customer's repositories; its key is what the customer can withdraw.",
    remedy="use components.storage.vector_index, or set encryptAtRest with the key of data class index",
    frameworks=FRAMEWORKS,
)


@RULE.check
def encrypts_the_index(node: Node, _: Case) -> Iterator[Finding]:
    yield from encrypted(RULE, node, TYPES)
