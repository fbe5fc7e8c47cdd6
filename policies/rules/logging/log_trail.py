"""The trail is who did what; it must be whole, everywhere and provably unchanged."""

from collections.abc import Iterator
from typing import Any

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import customer_key
from policies.rules.logging._common import RECORDED, TRAIL

RULE = Rule(
    id="log-trail",
    title="The trail is on in all regions, validated, encrypted and watched",
    severity=Severity.CRITICAL,
    family=Family.LOGGING,
    applies_to=(TRAIL,),
    requirement=Requirement.AUDIT,
    why="What is not in the trail did not happen, as far as anybody can prove later.",
    remedy="use components.observe.audit",
    frameworks={**RECORDED, "CIS AWS": ("3.1", "3.2", "3.5")},
)


@RULE.check
def is_whole(node: Node, _: Case) -> Iterator[Finding]:
    for path, by_default in (
        ("enableLogging", True),
        ("includeGlobalServiceEvents", True),
        ("isMultiRegionTrail", False),
        ("enableLogFileValidation", False),
    ):
        yield from RULE.require(node, path, _is_true, "must be true", optional=by_default)
    yield from customer_key(RULE, node, "kmsKeyId")
    yield from RULE.require(node, "cloudWatchLogsGroupArn", bool, "must name the log group that alarms watch")


def _is_true(value: Any) -> bool:
    return value is True
