"""An alarm as data: the series, its threshold, and what to do when it is crossed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi
from pulumi_aws import cloudwatch

from components.naming import DataClass, Keep

Comparison = Literal["above", "below"]
OPERATORS: Mapping[Comparison, str] = {"above": "GreaterThanThreshold", "below": "LessThanThreshold"}


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One series; `statistic` is as in CloudWatch (Average, Sum, Maximum, p95)."""

    namespace: pulumi.Input[str]
    name: str
    statistic: str
    dimensions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm on a `metric`, or on an `expression` over `metrics` by id; `missing` says what missing data means."""

    label: str
    remedy: str
    comparison: Comparison
    threshold: float
    metric: Metric | None = None
    expression: str = ""
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    period_seconds: int = 300
    periods: int = 3
    periods_needed: int = 2
    missing: Literal["notBreaching", "breaching", "missing"] = "notBreaching"

    def __post_init__(self) -> None:
        if (self.metric is None) == (not self.expression):
            raise ValueError(f"alarm {self.label}: give either metric, or expression and metrics")
        if not 1 <= self.periods_needed <= self.periods:
            raise ValueError(f"alarm {self.label}: periods_needed must be 1-{self.periods}, got {self.periods_needed}")


def create_alarm(
    keep: Keep,
    alarm: Alarm,
    topic_arns: Sequence[pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
    *,
    name: str | None = None,
) -> cloudwatch.MetricAlarm:
    """Creates the alarm, which notifies the topics when it starts and when it ends; `name` is Pulumi's, if special."""
    metric = alarm.metric
    is_percentile = metric is not None and metric.statistic.startswith("p")
    return cloudwatch.MetricAlarm(
        name or keep.logical("alarm", alarm.label),
        name=keep.physical(alarm.label),
        alarm_description=alarm.remedy,
        comparison_operator=OPERATORS[alarm.comparison],
        threshold=alarm.threshold,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.periods_needed,
        treat_missing_data=alarm.missing,
        namespace=metric.namespace if metric else None,
        metric_name=metric.name if metric else None,
        dimensions=dict(metric.dimensions) or None if metric else None,
        period=alarm.period_seconds if metric else None,
        statistic=None if metric is None or is_percentile else metric.statistic,
        extended_statistic=metric.statistic if metric and is_percentile else None,
        metric_queries=_queries(alarm) if alarm.expression else None,
        alarm_actions=list(topic_arns),
        ok_actions=list(topic_arns),
        tags=keep.tags(DataClass.LOG),
        opts=opts,
    )


def _queries(alarm: Alarm) -> list[cloudwatch.MetricAlarmMetricQueryArgs]:
    series = [
        cloudwatch.MetricAlarmMetricQueryArgs(
            id=id_,
            metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                period=alarm.period_seconds,
                stat=metric.statistic,
                dimensions=dict(metric.dimensions) or None,
            ),
        )
        for id_, metric in alarm.metrics.items()
    ]
    result = cloudwatch.MetricAlarmMetricQueryArgs(
        id="result", expression=alarm.expression, label=alarm.label, return_data=True
    )
    return [result, *series]
