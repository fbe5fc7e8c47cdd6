"""Somebody has to look for what nobody thought of."""

from collections.abc import Iterator, Mapping

from policies.conditions import TRUE, Expectation, equals
from policies.graph import Node, ResourceGraph
from policies.rule import Case, Finding, Requirement, Scope, Severity, logging_rule
from policies.rules._types import BUCKETS, CLUSTER
from policies.rules.logging._common import RECORDED

DETECTOR, FEATURE = "aws:guardduty/detector:Detector", "aws:guardduty/detectorFeature:DetectorFeature"
WATCHES: Mapping[str, tuple[str, ...]] = {
    "S3_DATA_EVENTS": BUCKETS,
    "EKS_AUDIT_LOGS": (CLUSTER,),
    "RUNTIME_MONITORING": (CLUSTER,),
}
"""Feature → the types that need it."""

RULE = logging_rule(
    id="log-detectors",
    title="GuardDuty is on, with the features for what the stack has",
    severity=Severity.HIGH,
    applies_to=(DETECTOR, FEATURE, CLUSTER),
    requirement=Requirement.AUDIT,
    why="Stolen credentials and strange reads of buckets show as patterns over many events, which no single rule sees.",
    remedy="use components.observe.account_detectors",
    frameworks=RECORDED,
    scope=Scope.STACK,
    expects={
        FEATURE: (Expectation("status", equals("ENABLED")),),
        DETECTOR: (Expectation("enable", TRUE, optional=True),),
    },
)


@RULE.check
def everything_is_watched(node: Node, case: Case) -> Iterator[Finding]:
    graph, facts = case.graph, case.facts
    adopted = node.options.get("external", False)  # its features are its owner's to choose
    if node.type == DETECTOR and not adopted:
        present = {feature.inputs.get("name") for feature in graph.referrers(node, "detectorId", FEATURE)}
        for feature, types in WATCHES.items():
            if feature not in present and graph.of_type(*types):
                yield RULE.violation(node, "", f"lacks the feature {feature}")
    if node.type == CLUSTER and facts.tenant and not facts.has_detectors and not _is_watched(node, graph):
        yield RULE.violation(node, "", f"no GuardDuty detector of this stack watches {node.region}")


def _is_watched(cluster: Node, graph: ResourceGraph) -> bool:
    return any(detector.region == cluster.region for detector in graph.of_type(DETECTOR))
