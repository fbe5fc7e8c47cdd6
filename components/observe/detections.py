"""Events in a trail that raise an alarm by themselves: filters over the trail's log group, and their alarms."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts.metrics import metric_namespace
from pulumi_aws import cloudwatch

from components.naming import DataClass, Keep

PERIOD_SECONDS = 300
NETWORK_EXITS = (
    "CreateInternetGateway",
    "AttachInternetGateway",
    "CreateVpcPeeringConnection",
    "CreateTransitGatewayVpcAttachment",
    "CreateVpnConnection",
)


@dataclass(frozen=True, kw_only=True)
class Detection:
    """`pattern` is a CloudWatch Logs filter over trail records; `remedy` is the text of the alarm."""

    label: str
    pattern: str
    remedy: str
    threshold: int = 1


def detections(keep: Keep, allowed_regions: tuple[str, ...]) -> tuple[Detection, ...]:
    """Events that do not occur in the ordinary operation of a keep."""
    # IAM, STS and other global services report from us-east-1.
    elsewhere = " && ".join(f'($.awsRegion != "{region}")' for region in sorted({*allowed_regions, "us-east-1"}))
    return (
        Detection(
            label="region",
            pattern=f"{{ {elsewhere} && ($.readOnly IS FALSE) }}",
            remedy="something was changed in a region where this customer's data may not be; find out who and undo it",
        ),
        Detection(
            label="root",
            pattern='{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) '
            '&& ($.eventType != "AwsServiceEvent") }',
            remedy="the account's root was used; ask its holder, rotate its password and keys if they know nothing",
        ),
        Detection(
            label="trail",
            pattern=_calls("cloudtrail", "StopLogging", "DeleteTrail", "PutEventSelectors", "UpdateTrail"),
            remedy="the trail was stopped or changed; run the drift report and bring the keep up again",
        ),
        Detection(
            label="keys",
            pattern=_calls("kms", "DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"),
            remedy="a key was disabled, opened or set to be deleted; cancel it unless a keep is being taken down",
        ),
        Detection(
            label="network",
            pattern=f"{{ {_one_of('eventName', *NETWORK_EXITS)} }}",
            remedy="a way out of a network was made; remove it unless this keep's spec has just asked for it",
        ),
        Detection(
            label="denied",
            pattern=f"{{ {_one_of('errorCode', 'AccessDenied', '*UnauthorizedOperation', 'VpceAccessDenied')} }}",
            threshold=25,
            remedy="many calls were refused: a broken release, or somebody trying doors; look at who in the trail",
        ),
    )


def _one_of(field: str, *values: str) -> str:
    return " || ".join(f'($.{field} = "{value}")' for value in values)


def _calls(service: str, *names: str) -> str:
    return f'{{ ($.eventSource = "{service}.amazonaws.com") && ({_one_of("eventName", *names)}) }}'


@dataclass(frozen=True, kw_only=True)
class DetectionsArgs:
    """`log_group_name` is the log group of the trail."""

    keep: Keep
    log_group_name: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    allowed_regions: tuple[str, ...]


class Detections(pulumi.ComponentResource):
    """A filter and an alarm for each detection."""

    alarm_names: list[pulumi.Output[str]]

    def __init__(self, name: str, args: DetectionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:detections:Detections", name, None, opts)
        self._name, self._args = name, args

        alarms = [self._watch(each) for each in detections(args.keep, args.allowed_regions)]

        self.alarm_names = [alarm.name for alarm in alarms]
        self.register_outputs({"alarmNames": self.alarm_names})

    def _watch(self, detection: Detection) -> cloudwatch.MetricAlarm:
        args, keep = self._args, self._args.keep
        child = pulumi.ResourceOptions(parent=self)
        namespace, metric = f"{metric_namespace(keep.tenant)}/trail", detection.label
        cloudwatch.LogMetricFilter(
            f"{self._name}-{detection.label}",
            name=keep.physical("trail", detection.label),
            log_group_name=args.log_group_name,
            pattern=detection.pattern,
            metric_transformation={"namespace": namespace, "name": metric, "value": "1", "default_value": "0"},
            opts=child,
        )
        return cloudwatch.MetricAlarm(
            f"{self._name}-{detection.label}",
            name=keep.physical("trail", detection.label),
            alarm_description=f"Trail: {detection.remedy}.",
            namespace=namespace,
            metric_name=metric,
            statistic="Sum",
            period=PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=detection.threshold,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[args.topic_arn],
            tags=keep.tags(DataClass.AUDIT),
            opts=child,
        )
