"""The index's slow logs quote the query, and the query is code."""

from collections.abc import Iterator

from policies.conditions import Condition
from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Finding, Requirement, Severity, logging_rule
from policies.rules._types import DOMAINS
from policies.rules.logging._common import NO_CODE

SLOW = ("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS")
NOT_SLOW = Condition(lambda kind: kind not in SLOW, "quotes queries and documents")

RULE = logging_rule(
    id="log-index-slow",
    title="The vector index publishes no slow logs",
    severity=Severity.CRITICAL,
    applies_to=DOMAINS,
    requirement=Requirement.NO_CODE_IN_LOGS,
    why="A slow search logs the question with the code around it, a slow write logs the whole chunk.",
    remedy="publish only AUDIT_LOGS and ES_APPLICATION_LOGS, as components.storage.vector_index does",
    frameworks=NO_CODE,
)


@RULE.check
def publishes_no_slow_logs(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.each(node, "logPublishingOptions[*]", lambda found: _option(node, found))


def _option(node: Node, found: Found) -> Iterator[Finding]:
    if found.value.get("enabled") is not False:  # AWS's default is on
        yield from RULE.require(node, f"{found.path}.logType", NOT_SLOW)
