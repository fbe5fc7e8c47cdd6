"""Alarms and dashboards through the provider."""

import json

import pytest

from tests.sandbox.aws.harness import CheckError, ProviderError

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
BASE = {
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 3,
    "metricName": "Latency",
    "namespace": "Keep",
    "period": 60,
    "statistic": "Average",
    "threshold": 0.25,
}


def test_an_alarm_passes_the_lifecycle(lifecycle):
    def drift(api, made):
        alarm = api.client("cloudwatch").describe_alarms(AlarmNames=[made.id])["MetricAlarms"][0]
        api.client("cloudwatch").put_metric_alarm(
            AlarmName=made.id,
            **{key: alarm[key] for key in ("MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods")},
            ComparisonOperator=alarm["ComparisonOperator"],
            Threshold=9.0,
        )

    made = lifecycle(
        ALARM,
        {
            **BASE,
            "alarmActions": ["arn:aws:sns:eu-central-1:123456789012:t"],
            "alarmDescription": "p95 too slow",
            "datapointsToAlarm": 2,
            "dimensions": {"Route": "chat", "Tenant": "acme"},
            "tags": {"a": "b"},
        },
        {
            **BASE,
            "threshold": 3,
            "okActions": ["arn:aws:sns:eu-central-1:123456789012:t"],
            "treatMissingData": "breaching",
        },
        drift=drift,
    )
    assert made.outputs["arn"].endswith(f":alarm:{made.id}")


def test_an_alarm_on_a_sum_of_metrics_passes_the_lifecycle(lifecycle):
    def queries(expression):
        metric = {"metricName": "Errors", "namespace": "Keep", "period": 60, "stat": "Sum", "dimensions": {"a": "b"}}
        return [
            {"id": "rate", "expression": expression, "label": "Error rate", "returnData": True},
            {"id": "errors", "metric": metric},
            {"id": "calls", "metric": {**metric, "metricName": "Calls"}},
        ]

    base = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "threshold": 1}
    lifecycle(
        ALARM,
        {**base, "metricQueries": queries("errors/calls")},
        {**base, "metricQueries": queries("100*errors/calls")},
    )


def test_another_name_replaces_an_alarm(lifecycle, unique):
    lifecycle(ALARM, {**BASE, "name": f"{unique}a"}, {**BASE, "name": f"{unique}b"}, expect_replace={"name"})


def test_an_alarm_without_a_metric_is_refused(plugin, unique):
    with pytest.raises(CheckError) as error:
        plugin.check(ALARM, unique, {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1})
    assert {path for path, _ in error.value.failures} == {"metricName", "threshold"}


def test_an_unknown_comparison_is_reported_with_the_allowed_ones(plugin, unique):
    with pytest.raises(ProviderError, match="ComparisonOperator is 'Bigger'; allowed: GreaterThanOrEqualToThreshold"):
        plugin.create(ALARM, unique, {**BASE, "comparisonOperator": "Bigger"})


def test_a_composite_alarm_passes_the_lifecycle(plugin, lifecycle, unique):
    token = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
    base = {"alarmName": unique, "alarmRule": "ALARM(a) OR ALARM(b)", "tags": {"a": "b"}}
    made = lifecycle(token, base, {**base, "alarmRule": "ALARM(a) AND ALARM(b)", "tags": {}})
    assert made.outputs["arn"] == f"arn:aws:cloudwatch:eu-central-1:123456789012:alarm:{unique}"
    lifecycle(token, base, {**base, "alarmName": f"{unique}b"}, expect_replace={"alarmName"})
    plugin.create(token, unique, base)
    with pytest.raises(ProviderError, match="already exists"):
        plugin.create(token, unique, base)
    with pytest.raises(ProviderError, match="Invalid length for parameter AlarmRule"):
        plugin.create(token, unique, {"alarmName": f"{unique}c", "alarmRule": ""})


def test_a_dashboard_passes_the_lifecycle(plugin, lifecycle, unique):
    token = "aws:cloudwatch/dashboard:Dashboard"

    def body(title):
        widget = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 3, "properties": {"markdown": title}}
        return json.dumps({"widgets": [widget]})

    made = lifecycle(
        token,
        {"dashboardName": unique, "dashboardBody": body("a")},
        {"dashboardName": unique, "dashboardBody": body("b")},
        drift=lambda api, made: api.client("cloudwatch").put_dashboard(DashboardName=made.id, DashboardBody=body("x")),
    )
    assert made.outputs["dashboardArn"] == f"arn:aws:cloudwatch::123456789012:dashboard/{unique}"
    with pytest.raises(CheckError, match="is not JSON"):
        plugin.check(token, unique, {"dashboardName": unique, "dashboardBody": "{"})
