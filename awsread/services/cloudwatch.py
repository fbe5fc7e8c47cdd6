"""CloudWatch alarms and dashboards."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import int_if_whole, one, pick, same_json, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads

ALARM = {  # property → member of the API, the same shape on both sides
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}
QUERY = ("Id", "AccountId", "Expression", "Label", "Period", "ReturnData")


@reads("cloudwatch", "aws:cloudwatch/metricAlarm:MetricAlarm", fixed="alarmDescription")
def metric_alarm(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    cloudwatch = aws.client("cloudwatch")
    found = one(cloudwatch.describe_alarms, "MetricAlarms", AlarmNames=[id], AlarmTypes=["MetricAlarm"])
    if found is None:
        return None
    return {
        "treatMissingData": "missing",
        **{name: int_if_whole(found[key]) for name, key in ALARM.items() if found.get(key) not in (None, [], "")},
        "name": id,
        "arn": found["AlarmArn"],
        "dimensions": _dimensions(found) or None,
        "metricQueries": [_query(query) for query in found.get("Metrics") or []] or None,
        "tags": tag_map(cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]),
    }


def _dimensions(found: Mapping[str, Any]) -> dict[str, str]:
    return {item["Name"]: item["Value"] for item in found.get("Dimensions") or []}


def _query(query: Mapping[str, Any]) -> Props:
    found = pick(query, *QUERY)
    if stat := query.get("MetricStat"):
        found["metric"] = {**pick(stat["Metric"], "Namespace", "MetricName"), **pick(stat, "Period", "Stat", "Unit")}
        if dimensions := _dimensions(stat["Metric"]):
            found["metric"]["dimensions"] = dimensions
    return found


@reads("cloudwatch", "aws:cloudwatch/compositeAlarm:CompositeAlarm", fixed="alarmName alarmDescription")
def composite_alarm(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    cloudwatch = aws.client("cloudwatch")
    found = one(cloudwatch.describe_alarms, "CompositeAlarms", AlarmNames=[id], AlarmTypes=["CompositeAlarm"])
    if found is None:
        return None
    return {
        **pick(found, "ActionsEnabled", "AlarmActions", "AlarmName", "AlarmRule", arn="AlarmArn"),
        "okActions": found.get("OKActions") or None,
        "insufficientDataActions": found.get("InsufficientDataActions") or None,
        "tags": tag_map(cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]),
    }


@reads("cloudwatch", "aws:cloudwatch/dashboard:Dashboard", fixed="dashboardName")
def dashboard(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(aws.client("cloudwatch").get_dashboard, DashboardName=id)
    if found is None:
        return None
    return {
        "dashboardName": id,
        "dashboardBody": same_json(known.get("dashboardBody"), found["DashboardBody"]),
        "dashboardArn": f"arn:{aws.partition}:cloudwatch::{aws.account_id}:dashboard/{id}",
    }
