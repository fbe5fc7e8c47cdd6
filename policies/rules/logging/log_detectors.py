"""Somebody has to look for what nobody thought of."""

from collections.abc import Iterator, Mapping

from policies.graph import Node, ResourceGraph
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.logging._common import BUCKETS, CLUSTER, RECORDED

DETECTOR, FEATURE = "aws:guardduty/detector:Detector", "aws:guardduty/detectorFeature:DetectorFeature"
WATCHES: Mapping[str, tuple[str, ...]] = {
    "S3_DATA_EVENTS": BUCKETS,
    "EKS_AUDIT_LOGS": (CLUSTER,),
    "RUNTIME_MONITORING": (CLUSTER,),
}
"""Feature, and the types that make it needed."""

RULE = Rule(
    id="log-detectors",
    title="GuardDuty is on, with the features for what the stack has",
    severity=Severity.HIGH,
    family=Family.LOGGING,
    applies_to=(DETECTOR, FEATURE, CLUSTER),
    requirement=Requirement.AUDIT,
    why="Stolen credentials and strange reads of buckets show as patterns over many events, which no single rule sees.",
    remedy="use components.observe.account_detectors",
    frameworks=RECORDED,
    scope=Scope.STACK,
)


@RULE.check
def looks_out(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == FEATURE:
        yield from RULE.require(node, "status", lambda status: status == "ENABLED", "must be 'ENABLED'")
    elif node.type == DETECTOR:
        yield from RULE.require(node, "enable", lambda on: on is True, "must be true", optional=True)  # AWS's default
        yield from _features(node, case.graph)
    elif case.facts.tenant and not case.facts.has_detectors and not _watched(node, case.graph):
        yield RULE.violation(node, "", f"no GuardDuty detector of this stack watches {node.region}")


def _features(detector: Node, graph: ResourceGraph) -> Iterator[Finding]:
    there = {feature.inputs.get("name") for feature in graph.referrers(detector, "detectorId", FEATURE)}
    for feature, types in WATCHES.items():
        if feature not in there and graph.of_type(*types):
            yield RULE.violation(detector, "", f"lacks the feature {feature}")


def _watched(cluster: Node, graph: ResourceGraph) -> bool:
    return any(detector.region == cluster.region for detector in graph.of_type(DETECTOR))
