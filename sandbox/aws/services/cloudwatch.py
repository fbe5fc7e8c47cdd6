"""CloudWatch alarms and dashboards."""

import json
from collections.abc import Iterator, Mapping

from awsread.answers import arn
from awsread.services.cloudwatch import ALARM
from sandbox.aws.refusals.gate import refuse_invalid
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.checked import CheckedRecord
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, args_of
from sandbox.aws.services.requests import arguments, call

SUPPRESSOR = {
    "actionsSuppressor": "alarm",
    "actionsSuppressorExtensionPeriod": "extensionPeriod",
    "actionsSuppressorWaitPeriod": "waitPeriod",
}


class MetricAlarm(EchoedResource):
    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    service = "cloudwatch"
    deletion = ("delete_alarms", "AlarmNames")
    tagged_by = "arn"
    auto_name = "name"
    partly = frozenset({"metricQueries"})

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
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
        shaped = {**inputs, "dimensions": None, "metricQueries": None}
        more = {}
        if inputs.get("dimensions"):
            more["Dimensions"] = _dimensions(inputs["dimensions"])
        if inputs.get("metricQueries"):
            more["Metrics"] = [_query(query) for query in inputs["metricQueries"]]
        call(api.client("cloudwatch"), "put_metric_alarm", shaped, {**ALARM, "name": "AlarmName"}, **more)
        return str(inputs["name"])

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            self.make(api, new)
        self.retag(api, id, old, new)


class CompositeAlarm(CheckedRecord):
    token = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
    service, operation = "cloudwatch", "PutCompositeAlarm"
    id_input = "alarmName"

    def refuse_invalid(self, api: Api, inputs: Props) -> None:
        cloudwatch = api.client("cloudwatch")
        suppressor = args_of(inputs.get("actionsSuppressor") or {}, **SUPPRESSOR)
        plain = {**inputs, "actionsSuppressor": None, **suppressor}
        refuse_invalid(cloudwatch, self.operation, **arguments(cloudwatch, "put_composite_alarm", plain, {}))

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"arn": arn(api, "cloudwatch", f"alarm:{id}")}


class Dashboard(LiveResource):
    token = "aws:cloudwatch/dashboard:Dashboard"
    service = "cloudwatch"
    creation = ("put_dashboard", "=dashboardName")
    deletion = ("delete_dashboards", "DashboardNames")

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        body = inputs.get("dashboardBody")
        if isinstance(body, str):
            try:
                json.loads(body)
            except ValueError as error:
                yield "dashboardBody", f"is not JSON: {error}"

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.make(api, new)


def _dimensions(dimensions: Mapping[str, str]) -> list[Props]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _query(query: Props) -> Props:
    names = ("Id", "AccountId", "Expression", "Label", "Period", "ReturnData")
    plain = args_of(query, **{name: name[0].lower() + name[1:] for name in names})
    metric = query.get("metric")
    if not metric:
        return plain
    measured = args_of(metric, Namespace="namespace", MetricName="metricName")
    if metric.get("dimensions"):
        measured["Dimensions"] = _dimensions(metric["dimensions"])
    statistic = {"Metric": measured, **args_of(metric, Period="period", Stat="stat", Unit="unit")}
    return {**plain, "MetricStat": statistic}
