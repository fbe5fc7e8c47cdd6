"""A log group without a key of ours is readable by whoever may read logs."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import customer_key
from policies.rules.logging._common import LOG_GROUP

RULE = Rule(
    id="log-group-key",
    title="Every log group is encrypted with the keep's own key",
    severity=Severity.HIGH,
    family=Family.LOGGING,
    applies_to=(LOG_GROUP,),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Logs name people, repositories and times; under the keep's key they end with it.",
    remedy="use components.observe.log_group, or set kmsKeyId to the key of data class log or audit",
    frameworks={"SOC 2": ("CC6.1",), "ISO 27001": ("A.8.15", "A.8.24")},
)


@RULE.check
def has_a_key(node: Node, _: Case) -> Iterator[Finding]:
    yield from customer_key(RULE, node, "kmsKeyId")
