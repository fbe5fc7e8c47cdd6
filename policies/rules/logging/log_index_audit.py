"""Who searched the index is told by its audit log alone."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.logging._common import RECORDED

DOMAINS = ("aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain")
AUDIT = "AUDIT_LOGS"

RULE = Rule(
    id="log-index-audit",
    title="The vector index publishes its audit log",
    severity=Severity.HIGH,
    family=Family.LOGGING,
    applies_to=DOMAINS,
    requirement=Requirement.AUDIT,
    why="Requests to the index do not pass through CloudTrail.",
    remedy="use components.storage.vector_index, or publish AUDIT_LOGS to a log group of data class audit",
    frameworks=RECORDED,
)


@RULE.check
def publishes_the_audit(node: Node, _: Case) -> Iterator[Finding]:
    found = list(read(node.inputs, "logPublishingOptions[*]"))
    if any(not each.known for each in found):
        yield RULE.undecided(node, "logPublishingOptions")
    elif not any(
        each.value and each.value.get("logType") == AUDIT and each.value.get("enabled") is not False for each in found
    ):
        yield RULE.violation(node, "logPublishingOptions", f"no option publishes {AUDIT}")
