"""Stopping the trail, withdrawing a key or opening the keep must raise an alarm at once."""

import json
from collections.abc import Iterator, Mapping

from policies.graph import UNKNOWN, Node, ResourceGraph
from policies.reading import Found, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, examine, logging_rule
from policies.rules._types import LOG_GROUP, TRAIL
from policies.rules.logging._common import RECORDED

FILTER, ALARM = "aws:cloudwatch/logMetricFilter:LogMetricFilter", "aws:cloudwatch/metricAlarm:MetricAlarm"
EVENT_RULE, EVENT_TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
GROUP = "cloudWatchLogsGroupArn"
WATCHED: Mapping[str, tuple[str, ...]] = {
    "changes of the trail": ("StopLogging", "DeleteTrail", "UpdateTrail"),
    "the loss of keys": ("DisableKey", "ScheduleKeyDeletion"),
    "changes of permissions": ("PutRolePolicy", "AttachRolePolicy", "CreatePolicyVersion"),
    "changes of security groups": ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
    "ways out of the network": ("CreateInternetGateway", "AttachInternetGateway"),
}

RULE = logging_rule(
    id="log-trail-alarms",
    title="Changes of the trail, of keys, permissions and openings raise an alarm",
    severity=Severity.HIGH,
    applies_to=(TRAIL,),
    requirement=Requirement.AUDIT,
    why="A trail that was stopped is silent about everything that follows.",
    remedy="use components.observe.audit, whose detections watch the trail's log group",
    frameworks={**RECORDED, "CIS AWS": ("4.4", "4.5", "4.7", "4.10", "4.12")},
    scope=Scope.STACK,
)


@RULE.check
def raises_alarms(node: Node, case: Case) -> Iterator[Finding]:
    group = node.inputs.get(GROUP)
    examine(node, Found(GROUP, group))
    if not group:
        yield RULE.violation(node, GROUP, "not set, so no metric filter can watch the trail")
        return
    patterns = [*_filter_patterns(node, case.graph), *_event_patterns(case.graph)]
    for what, names in WATCHED.items():
        if not any(all(name in pattern for name in names) for pattern in patterns):
            message = f"no alarm with an action reports {what} ({', '.join(names)})"
            yield RULE.undecided(node, GROUP) if group is UNKNOWN else RULE.violation(node, "", message)


def _filter_patterns(trail: Node, graph: ResourceGraph) -> Iterator[str]:
    """Patterns of the filters over the trail's group whose metric has an alarm with an action."""
    groups = graph.references(trail, GROUP, LOG_GROUP)
    filters = [each for group in groups for each in graph.referrers(group, "logGroupName", FILTER)]
    alarmed = graph.derived(_alarmed_metrics)
    for each in filters or graph.of_type(FILTER):
        metric = tuple(first(each.inputs, f"metricTransformation.{name}") for name in ("namespace", "name"))
        pattern = each.inputs.get("pattern")
        if metric in alarmed and isinstance(pattern, str):
            yield pattern


def _event_patterns(graph: ResourceGraph) -> Iterator[str]:
    for rule in graph.of_type(EVENT_RULE):
        pattern = rule.inputs.get("eventPattern")
        if pattern and graph.referrers(rule, "rule", EVENT_TARGET) and rule.inputs.get("state") != "DISABLED":
            yield pattern if isinstance(pattern, str) else json.dumps(pattern, default=str)


def _alarmed_metrics(graph: ResourceGraph) -> frozenset[tuple[object, ...]]:
    return frozenset(
        (alarm.inputs.get("namespace"), alarm.inputs.get("metricName"))
        for alarm in graph.of_type(ALARM)
        if alarm.inputs.get("alarmActions") and alarm.inputs.get("actionsEnabled") is not False
    )
