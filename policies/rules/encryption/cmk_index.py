"""The index contains every chunk of code in clear, and its embedding."""

from policies.rule import Requirement, Severity, encryption_rule
from policies.rules._types import DOMAINS
from policies.rules.encryption._at_rest import FRAMEWORKS, at_rest

RULE = encryption_rule(
    id="cmk-index",
    title="The vector index is encrypted with the keep's own key",
    severity=Severity.CRITICAL,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="The index is a readable copy of the customer's repositories; its key is what the customer can withdraw.",
    remedy="use components.storage.vector_index, or set encryptAtRest with the key of data class index",
    frameworks=FRAMEWORKS,
    expects={
        **dict.fromkeys(DOMAINS, at_rest("encryptAtRest.kmsKeyId", "encryptAtRest.enabled")),
        "aws:kendra/index:Index": at_rest("serverSideEncryptionConfiguration.kmsKeyId"),
    },
)
