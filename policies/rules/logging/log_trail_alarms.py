"""Whoever stops the trail or withdraws a key must not have a quiet hour first."""

import json
from collections.abc import Iterator, Mapping

from policies.graph import Node, ResourceGraph
from policies.reading import first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.logging._common import LOG_GROUP, RECORDED, TRAIL

FILTER, ALARM = "aws:cloudwatch/logMetricFilter:LogMetricFilter", "aws:cloudwatch/metricAlarm:MetricAlarm"
EVENT_RULE, EVENT_TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
WATCHED: Mapping[str, tuple[str, ...]] = {
    "changes of the trail": ("StopLogging", "DeleteTrail", "UpdateTrail"),
    "the loss of keys": ("DisableKey", "ScheduleKeyDeletion"),
}

RULE = Rule(
    id="log-trail-alarms",
    title="Stopping the trail and withdrawing keys raise an alarm",
    severity=Severity.HIGH,
    family=Family.LOGGING,
    applies_to=(TRAIL,),
    requirement=Requirement.AUDIT,
    why="A trail that was stopped is silent about everything that follows.",
    remedy="use components.observe.audit, whose detections watch the trail's log group",
    frameworks={**RECORDED, "CIS AWS": ("4.5", "4.7")},
    scope=Scope.STACK,
)


@RULE.check
def raises_alarms(node: Node, case: Case) -> Iterator[Finding]:
    if not node.inputs.get("cloudWatchLogsGroupArn"):
        yield RULE.violation(node, "cloudWatchLogsGroupArn", "not set, so no metric filter can watch the trail")
        return
    patterns = [*_filter_patterns(node, case.graph), *_event_patterns(case.graph)]
    for what, names in WATCHED.items():
        if not any(all(name in pattern for name in names) for pattern in patterns):
            yield RULE.violation(node, "", f"no alarm with an action tells of {what} ({', '.join(names)})")


def _filter_patterns(trail: Node, graph: ResourceGraph) -> Iterator[str]:
    """Patterns of the filters over the trail's group whose metric has an alarm that tells somebody."""
    groups = graph.references(trail, "cloudWatchLogsGroupArn", LOG_GROUP)
    over = [each for group in groups for each in graph.referrers(group, "logGroupName", FILTER)]
    alarmed = graph.derived(_alarmed_metrics)
    for each in over or graph.of_type(FILTER):
        metric = (
            first(each.inputs, "metricTransformation.namespace"),
            first(each.inputs, "metricTransformation.name"),
        )
        pattern = each.inputs.get("pattern")
        if metric in alarmed and isinstance(pattern, str):
            yield pattern


def _event_patterns(graph: ResourceGraph) -> Iterator[str]:
    for rule in graph.of_type(EVENT_RULE):
        pattern = rule.inputs.get("eventPattern")
        if pattern and graph.referrers(rule, "rule", EVENT_TARGET) and rule.inputs.get("state") != "DISABLED":
            yield pattern if isinstance(pattern, str) else json.dumps(pattern, default=str)


def _alarmed_metrics(graph: ResourceGraph) -> frozenset[tuple[object, object]]:
    return frozenset(
        (alarm.inputs.get("namespace"), alarm.inputs.get("metricName"))
        for alarm in graph.of_type(ALARM)
        if alarm.inputs.get("alarmActions") and alarm.inputs.get("actionsEnabled") is not False
    )
