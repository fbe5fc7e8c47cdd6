"""Only the index's audit log shows who searched it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.values import Marker, has_unknown
from policies.reading import first, read
from policies.rule import Case, Finding, Requirement, Severity, examine, logging_rule
from policies.rules._types import DOMAINS
from policies.rules.logging._common import RECORDED

AUDIT = "AUDIT_LOGS"

RULE = logging_rule(
    id="log-index-audit",
    title="The vector index publishes its audit log",
    severity=Severity.HIGH,
    applies_to=DOMAINS,
    requirement=Requirement.AUDIT,
    why="Requests to the index do not pass through CloudTrail.",
    remedy="use components.storage.vector_index, or publish AUDIT_LOGS to a log group of data class audit",
    frameworks=RECORDED,
)


@RULE.check
def publishes_the_audit(node: Node, _: Case) -> Iterator[Finding]:
    options = list(read(node.inputs, "logPublishingOptions[*]"))
    for each in options:
        examine(node, each)
    published = [(first(each.value, "logType"), first(each.value, "enabled")) for each in options]
    audits = [enabled for kind, enabled in published if kind == AUDIT]
    if any(enabled is not False and not isinstance(enabled, Marker) for enabled in audits):
        return
    if has_unknown(audits) or any(isinstance(kind, Marker) for kind, _ in published):
        yield RULE.undecided(node, "logPublishingOptions")
    else:
        yield RULE.violation(node, "logPublishingOptions", f"no option publishes {AUDIT}")
