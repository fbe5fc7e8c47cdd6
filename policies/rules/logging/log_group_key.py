"""A log group without a key of ours is readable by everybody who may read logs."""

from policies.conditions import Expectation
from policies.rule import Requirement, Severity, logging_rule
from policies.rules._types import LOG_GROUP
from policies.rules.encryption._at_rest import OWN_KEY

RULE = logging_rule(
    id="log-group-key",
    title="Every log group is encrypted with the keep's own key",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Logs name people, repositories and times; under the keep's key they end with it.",
    remedy="use components.observe.log_group, or set kmsKeyId to the key of data class log or audit",
    frameworks={"SOC 2": ("CC6.1",), "ISO 27001": ("A.8.15", "A.8.24")},
    expects={LOG_GROUP: (Expectation("kmsKeyId", OWN_KEY),)},
)
