"""What becomes reachable from outside the account must be noticed without anybody looking for it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.model import STACK_TYPE
from policies.rule import Case, Finding, Requirement, Scope, Severity, identity_rule
from policies.rules._types import BUCKETS, KEY, QUEUE, REPLICA_KEY, SECRET

ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
WATCHED = (KEY, REPLICA_KEY, BUCKETS[0], SECRET, QUEUE)
"""Types whose policies an analyzer of their region watches; a region with none of them needs none."""

RULE = identity_rule(
    id="access-analyzer",
    title="IAM Access Analyzer watches every region where the keep has something that a policy could open",
    severity=Severity.MEDIUM,
    applies_to=(STACK_TYPE,),
    requirement=Requirement.ACCESS_CONTROL,
    why="It proves, for every policy there is, whether somebody outside the account gets in.",
    remedy="let components.observe.account_detectors make it, or set account.has_detectors where there is one already",
    frameworks={"CIS AWS": ("1.20",), "SOC 2": ("CC6.1", "CC7.1", "CC7.2"), "ISO 27001": ("A.5.18", "A.8.16")},
    scope=Scope.STACK,
)


@RULE.check
def regions_are_watched(node: Node, case: Case) -> Iterator[Finding]:
    facts, graph = case.facts, case.graph
    on_platform = facts.tier == "pooled" and not facts.platform  # the platform's stack watches the account
    if not facts.tenant or facts.has_detectors or on_platform:
        return
    external = ("ACCOUNT", "ORGANIZATION")
    watching = {each.region for each in graph.of_type(ANALYZER) if each.inputs.get("type", "ACCOUNT") in external}
    for region in sorted({each.region for each in graph.of_type(*WATCHED) if each.region} - watching):
        yield RULE.violation(node, "", f"has no analyzer of external access in {region}")
