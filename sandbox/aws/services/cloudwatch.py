"""CloudWatch alarms and dashboards."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import code_of, or_none
from sandbox.aws.model import refuse_invalid
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.resource import Api, Created, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, arn, given, one, same_json, tag_list, tag_map

PLAIN = {  # Pulumi property → parameter, the same shape on both sides
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


class MetricAlarm(EchoedResource):
    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    auto_name = "name"
    partly = frozenset({"metricQueries"})

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        by_metric, by_queries = inputs.get("metricName"), inputs.get("metricQueries")
        if not by_metric and not by_queries:
            yield "metricName", "give metricName or metricQueries"
        if by_metric and by_queries:
            yield "metricQueries", "conflicts with metricName: give one of them"
        if by_metric and not (inputs.get("statistic") or inputs.get("extendedStatistic")):
            yield "statistic", "give statistic or extendedStatistic"
        if "threshold" not in inputs and not inputs.get("thresholdMetricId"):
            yield "threshold", "give threshold or thresholdMetricId"

    def make(self, api: Api, inputs: Props) -> str:
        self._put(api, inputs, Tags=tag_list(inputs.get("tags")))
        return str(inputs["name"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        cloudwatch = api.client("cloudwatch")
        found = one(cloudwatch.describe_alarms, "MetricAlarms", AlarmNames=[id])
        if found is None:
            return None
        plain = {
            name: found[parameter] for name, parameter in PLAIN.items() if found.get(parameter) not in (None, [], "")
        }
        return {
            "treatMissingData": "missing",
            **{
                name: int(value) if isinstance(value, float) and value.is_integer() else value
                for name, value in plain.items()
            },
            "name": id,
            "arn": found["AlarmArn"],
            "dimensions": _dimension_map(found.get("Dimensions")) or None,
            "metricQueries": [_query_of(query) for query in found.get("Metrics") or []] or None,
            "tags": tag_map(cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            self._put(api, new, Tags=tag_list(new.get("tags")))
        if "tags" in changed:
            retag_alarm(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("cloudwatch").delete_alarms(AlarmNames=[id])

    def _put(self, api: Api, inputs: Props, **more: Any) -> None:
        parameters = {parameter: inputs[name] for name, parameter in PLAIN.items() if inputs.get(name) is not None}
        if inputs.get("dimensions"):
            parameters["Dimensions"] = _dimension_list(inputs["dimensions"])
        if inputs.get("metricQueries"):
            parameters["Metrics"] = [_query_for(query) for query in inputs["metricQueries"]]
        api.client("cloudwatch").put_metric_alarm(AlarmName=inputs["name"], **parameters, **more)


class CompositeAlarm(RecordedResource):
    token = "aws:cloudwatch/compositeAlarm:CompositeAlarm"

    def identity(self, api: Api, inputs: Props) -> str:
        return str(inputs["alarmName"])

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"arn": arn(api, "cloudwatch", f"alarm:{id}")}

    def create(self, api: Api, inputs: Props) -> Created:
        self._refuse(api, inputs)
        return super().create(api, inputs)

    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        self._refuse(api, new)
        return super().update(api, id, old, new, changed)

    def _refuse(self, api: Api, inputs: Props) -> None:
        suppressor = inputs.get("actionsSuppressor") or {}
        refuse_invalid(
            api.client("cloudwatch"),
            "PutCompositeAlarm",
            **given(
                inputs,
                ActionsEnabled="actionsEnabled",
                AlarmActions="alarmActions",
                AlarmDescription="alarmDescription",
                AlarmName="alarmName",
                AlarmRule="alarmRule",
                InsufficientDataActions="insufficientDataActions",
                OKActions="okActions",
            ),
            **given(
                suppressor,
                ActionsSuppressor="alarm",
                ActionsSuppressorExtensionPeriod="extensionPeriod",
                ActionsSuppressorWaitPeriod="waitPeriod",
            ),
        )


class Dashboard(LiveResource):
    token = "aws:cloudwatch/dashboard:Dashboard"

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        body = inputs.get("dashboardBody")
        if isinstance(body, str):
            try:
                json.loads(body)
            except ValueError as error:
                yield "dashboardBody", f"is not JSON: {error}"

    def make(self, api: Api, inputs: Props) -> str:
        self._put(api, inputs)
        return str(inputs["dashboardName"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        try:
            found = or_none(api.client("cloudwatch").get_dashboard, DashboardName=id)
        except ClientError as error:
            if code_of(error) != "ResourceNotFound":
                raise
            found = None
        if found is None:
            return None
        return {
            "dashboardName": id,
            "dashboardBody": same_json(state.get("dashboardBody"), found["DashboardBody"]),
            "dashboardArn": f"arn:{api.partition}:cloudwatch::{api.account_id}:dashboard/{id}",
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("cloudwatch").delete_dashboards(DashboardNames=[id])

    def _put(self, api: Api, inputs: Props) -> None:
        api.client("cloudwatch").put_dashboard(
            **given(inputs, DashboardName="dashboardName", DashboardBody="dashboardBody")
        )


def retag_alarm(api: Api, name: str, old: Props, new: Props) -> None:
    """CloudWatch spells the argument ResourceARN."""
    cloudwatch = api.client("cloudwatch")
    target = arn(api, "cloudwatch", f"alarm:{name}")
    before, after = old.get("tags") or {}, new.get("tags") or {}
    if stale := [key for key in before if key not in after]:
        cloudwatch.untag_resource(ResourceARN=target, TagKeys=stale)
    if after:
        cloudwatch.tag_resource(ResourceARN=target, Tags=tag_list(after))


def _dimension_list(dimensions: Mapping[str, str]) -> list[Props]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _dimension_map(dimensions: Any) -> dict[str, str]:
    return {item["Name"]: item["Value"] for item in dimensions or []}


def _query_for(query: Props) -> Props:
    plain = given(
        query,
        Id="id",
        AccountId="accountId",
        Expression="expression",
        Label="label",
        Period="period",
        ReturnData="returnData",
    )
    metric = query.get("metric")
    if not metric:
        return plain
    measured = given(metric, Namespace="namespace", MetricName="metricName")
    if metric.get("dimensions"):
        measured["Dimensions"] = _dimension_list(metric["dimensions"])
    return {**plain, "MetricStat": {"Metric": measured, **given(metric, Period="period", Stat="stat", Unit="unit")}}


def _query_of(query: Mapping[str, Any]) -> Props:
    found = given(
        dict(query),
        id="Id",
        accountId="AccountId",
        expression="Expression",
        label="Label",
        period="Period",
        returnData="ReturnData",
    )
    stat = query.get("MetricStat")
    if stat:
        measured = stat["Metric"]
        found["metric"] = {
            **given(measured, namespace="Namespace", metricName="MetricName"),
            **given(stat, period="Period", stat="Stat", unit="Unit"),
            **({"dimensions": _dimension_map(measured["Dimensions"])} if measured.get("Dimensions") else {}),
        }
    return found
