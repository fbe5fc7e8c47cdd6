"""Shows whether a keep meets its objectives: alarms, one alarm that combines them, the dashboard, and the budget."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.settings.governance import Slo
from pulumi_aws import budgets, cloudwatch

from components.naming import TAG_PREFIX, DataClass, Keep
from components.observe.alarm import Alarm, create_alarm
from components.observe.budget_plan import BudgetPlan
from components.observe.dashboard import dashboard_body
from components.queue_ref import QueueRef


@dataclass(frozen=True, kw_only=True)
class ObservabilityArgs:
    """`service_alarms` are on what developers notice, combined in one; `domain_name` is the keep's own domain."""

    keep: Keep
    slo: Slo
    budget: BudgetPlan
    topic_arn: pulumi.Input[str]
    queues: Sequence[QueueRef]
    service_alarms: Sequence[Alarm]
    alarms: Sequence[Alarm]
    domain_name: str | None = None
    own_account: bool = False  # the budget covers the account

    def __post_init__(self) -> None:
        labels = [alarm.label for alarm in (*self.service_alarms, *self.alarms)]
        if not self.service_alarms:
            raise ValueError("service_alarms must not be empty; a keep nobody watches meets no objective")
        if twice := sorted({label for label in labels if labels.count(label) > 1}):
            raise ValueError(f"alarms must have different labels, twice: {', '.join(twice)}")


class Observability(pulumi.ComponentResource):
    """Alarms, dashboard and budget."""

    service_alarm_name: pulumi.Output[str]
    dashboard_name: pulumi.Output[str]

    def __init__(self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:observability:Observability", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)

        service_alarms = [self._alarm(alarm) for alarm in args.service_alarms]
        for alarm in args.alarms:
            self._alarm(alarm)
        service = self._combine(service_alarms)
        dashboard = self._dashboard()
        self._budget()

        self.service_alarm_name = service.alarm_name
        self.dashboard_name = dashboard.dashboard_name
        self.register_outputs({"serviceAlarmName": self.service_alarm_name, "dashboardName": self.dashboard_name})

    def _alarm(self, alarm: Alarm) -> cloudwatch.MetricAlarm:
        return create_alarm(self._args.keep, alarm, [self._args.topic_arn], self._child)

    def _combine(self, alarms: Sequence[cloudwatch.MetricAlarm]) -> cloudwatch.CompositeAlarm:
        """One alarm for the status page and for rollouts."""
        keep = self._args.keep
        rule = pulumi.Output.all(*(alarm.name for alarm in alarms)).apply(
            lambda names: " OR ".join(f'ALARM("{alarm}")' for alarm in names)
        )
        return cloudwatch.CompositeAlarm(
            keep.logical("alarm", "service"),
            alarm_name=keep.physical("service"),
            alarm_description="An objective that developers feel is missed; the alarms in the rule say which.",
            alarm_rule=rule,
            alarm_actions=[self._args.topic_arn],
            ok_actions=[self._args.topic_arn],
            tags=keep.tags(DataClass.LOG),
            opts=self._child,
        )

    def _dashboard(self) -> cloudwatch.Dashboard:
        args = self._args
        pairs = [pulumi.Output.all(queue.name, queue.dead_letter_name) for queue in args.queues]
        queue_names = pulumi.Output.from_input(pairs)
        return cloudwatch.Dashboard(
            self._name,
            dashboard_name=args.keep.physical(),
            dashboard_body=queue_names.apply(
                lambda names: dashboard_body(
                    args.keep,
                    args.slo,
                    queues=[(str(name), str(failed)) for name, failed in names],
                    domain_name=args.domain_name,
                )
            ),
            opts=self._child,
        )

    def _budget(self) -> None:
        args, keep = self._args, self._args.keep
        tag = f"user:{TAG_PREFIX}:tenant${keep.tenant}"
        budgets.Budget(
            keep.logical("budget"),
            name=keep.physical("monthly"),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.budget.monthly_usd),
            limit_unit="USD",
            cost_filters=None if args.own_account else [{"name": "TagKeyValue", "values": [tag]}],
            notifications=[
                *(self._notification(percent, "ACTUAL") for percent in args.budget.alert_percents),
                self._notification(max(args.budget.alert_percents), "FORECASTED"),
            ],
            tags=keep.tags(DataClass.CONFIG),
            opts=self._child,
        )

    def _notification(self, percent: int, kind: str) -> budgets.BudgetNotificationArgsDict:
        args = self._args
        return {
            "comparison_operator": "GREATER_THAN",
            "notification_type": kind,
            "threshold": percent,
            "threshold_type": "PERCENTAGE",
            "subscriber_email_addresses": list(args.budget.notify),
            "subscriber_sns_topic_arns": [args.topic_arn],
        }
