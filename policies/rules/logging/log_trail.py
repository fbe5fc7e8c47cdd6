"""The trail records who did what; it must be complete, in all regions and provably unchanged."""

from policies.conditions import TRUE, Expectation, names
from policies.rule import Requirement, Severity, logging_rule
from policies.rules._types import TRAIL
from policies.rules.encryption._at_rest import OWN_KEY
from policies.rules.logging._common import RECORDED

RULE = logging_rule(
    id="log-trail",
    title="The trail is on in all regions, validated, encrypted and watched",
    severity=Severity.CRITICAL,
    requirement=Requirement.AUDIT,
    why="What is not in the trail did not happen, as far as anybody can prove later.",
    remedy="use components.observe.audit",
    frameworks={**RECORDED, "CIS AWS": ("3.1", "3.2", "3.5")},
    expects={
        TRAIL: (
            Expectation("enableLogging", TRUE, optional=True),
            Expectation("includeGlobalServiceEvents", TRUE, optional=True),
            Expectation("isMultiRegionTrail", TRUE),
            Expectation("enableLogFileValidation", TRUE),
            Expectation("kmsKeyId", OWN_KEY),
            Expectation("cloudWatchLogsGroupArn", names("the log group that alarms watch")),
        )
    },
)
