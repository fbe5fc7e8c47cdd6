"""Events in a trail that raise an alarm by themselves: filters over the trail's log group, and their alarms."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts.metrics import metric_namespace
from pulumi_aws import cloudwatch

from components.naming import DataClass, Keep

PERIOD_SECONDS = 300
PATTERN_MAX = 1024  # characters that CloudWatch Logs takes in a filter (botocore 1.43, FilterPattern)
# The calls that CIS AWS Foundations 4.1 to 4.15 names; all of a kind are in one filter, as Prowler 5.46 wants.
NETWORK_EXITS = (
    "CreateInternetGateway",
    "AttachInternetGateway",
    "DeleteInternetGateway",
    "DetachInternetGateway",
    "CreateCustomerGateway",
    "DeleteCustomerGateway",
    "CreateVpcPeeringConnection",
    "CreateTransitGatewayVpcAttachment",
    "CreateVpnConnection",
)
ACCESS_LIST_CALLS = (
    "CreateNetworkAcl",
    "CreateNetworkAclEntry",
    "DeleteNetworkAcl",
    "DeleteNetworkAclEntry",
    "ReplaceNetworkAclEntry",
    "ReplaceNetworkAclAssociation",
)
ROUTE_CALLS = (
    "CreateRoute",
    "CreateRouteTable",
    "ReplaceRoute",
    "ReplaceRouteTableAssociation",
    "DeleteRouteTable",
    "DeleteRoute",
    "DisassociateRouteTable",
)
NETWORK_CALLS = (
    "CreateVpc",
    "DeleteVpc",
    "ModifyVpcAttribute",
    "AcceptVpcPeeringConnection",
    "CreateVpcPeeringConnection",
    "DeleteVpcPeeringConnection",
    "RejectVpcPeeringConnection",
    "AttachClassicLinkVpc",
    "DetachClassicLinkVpc",
    "DisableVpcClassicLink",
    "EnableVpcClassicLink",
)
GROUP_CALLS = (
    "AuthorizeSecurityGroupIngress",
    "AuthorizeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
    "RevokeSecurityGroupEgress",
    "CreateSecurityGroup",
    "DeleteSecurityGroup",
)
POLICY_CALLS = (
    *(
        f"{verb}{holder}Policy"
        for verb in ("Put", "Delete", "Attach", "Detach")
        for holder in ("Group", "Role", "User")
    ),
    "CreatePolicy",
    "DeletePolicy",
    "CreatePolicyVersion",
    "DeletePolicyVersion",
)
BUCKET_CALLS = (
    "PutBucketAcl",
    *(f"{verb}Bucket{kind}" for verb in ("Put", "Delete") for kind in ("Policy", "Cors", "Lifecycle", "Replication")),
)
CONFIG_CALLS = (
    "StopConfigurationRecorder",
    "DeleteDeliveryChannel",
    "PutDeliveryChannel",
    "PutConfigurationRecorder",
)
ORGANIZATION_CALLS = (
    "AcceptHandshake",
    "CancelHandshake",
    "DeclineHandshake",
    "CreateAccount",
    "CreateOrganization",
    "DeleteOrganization",
    "LeaveOrganization",
    "InviteAccountToOrganization",
    "RemoveAccountFromOrganization",
    "MoveAccount",
    "EnableAllFeatures",
    "EnablePolicyType",
    "DisablePolicyType",
    *(f"{verb}OrganizationalUnit" for verb in ("Create", "Delete", "Update")),
    *(f"{verb}Policy" for verb in ("Create", "Delete", "Update", "Attach", "Detach")),
)


@dataclass(frozen=True, kw_only=True)
class Detection:
    """`pattern` is a CloudWatch Logs filter over trail records; `remedy` is the text of the alarm."""

    label: str
    pattern: str
    remedy: str
    threshold: int = 1

    def __post_init__(self) -> None:
        if len(self.pattern) > PATTERN_MAX:
            raise ValueError(
                f"pattern of {self.label} must have at most {PATTERN_MAX} characters, got {len(self.pattern)}"
            )


def detections(keep: Keep, allowed_regions: tuple[str, ...]) -> tuple[Detection, ...]:
    """Events that do not occur in the ordinary operation of a keep.

    `up` changes networks, roles and buckets: such changes by the deployer's role raise no alarm, nor do those by a
    service of AWS. What ends a trail, a key or the keep's seclusion does, whoever it was.
    """
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
            pattern=_calls(
                "cloudtrail",
                "CreateTrail",
                "StartLogging",
                "StopLogging",
                "DeleteTrail",
                "PutEventSelectors",
                "UpdateTrail",
            ),
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
            remedy="a way out of a network was made or cut; undo it unless this keep's spec has just asked for it",
        ),
        Detection(
            label="denied",
            pattern=f"{{ {_one_of('errorCode', '*UnauthorizedOperation', 'AccessDenied*', 'VpceAccessDenied')} }}",
            threshold=25,
            remedy="many calls were refused: a broken release, or somebody trying doors; look at who in the trail",
        ),
        Detection(
            label="acls",
            pattern=_by_others(keep, "ec2", ACCESS_LIST_CALLS),
            remedy="an access list of a subnet was changed, not by the deployer; run the drift report and find out who",
        ),
        Detection(
            label="routes",
            pattern=_by_others(keep, "ec2", ROUTE_CALLS),
            remedy="a route was changed, not by the deployer; run the drift report and find out who",
        ),
        Detection(
            label="networks",
            pattern=_by_others(keep, "ec2", NETWORK_CALLS),
            remedy="a network or a peering was changed, not by the deployer; run the drift report and find out who",
        ),
        Detection(
            label="groups",
            pattern=_by_others(keep, "ec2", GROUP_CALLS),
            remedy="a security group was changed, not by the deployer; run the drift report and find out who",
        ),
        Detection(
            label="policies",
            pattern=_by_others(keep, "iam", POLICY_CALLS),
            remedy="permissions were changed, not by the deployer; take them back and find out who",
        ),
        Detection(
            label="buckets",
            pattern=_by_others(keep, "s3", BUCKET_CALLS),
            remedy="who may reach a bucket, or what it keeps, was changed, not by the deployer; find out who",
        ),
        Detection(
            label="config",
            pattern=_calls("config", *CONFIG_CALLS),
            remedy="what AWS Config records of this account was changed; ask the account's owner",
        ),
        Detection(
            label="organization",
            pattern=_calls("organizations", *ORGANIZATION_CALLS),
            remedy="the account's organization was changed, and with it who stands above the account; ask its owner",
        ),
        Detection(
            label="mfa",
            pattern='{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
            '&& ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }',
            remedy="a user signed in to the console without a second factor; a keep's account needs no such users",
        ),
        Detection(
            label="sign-in",
            pattern='{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
            threshold=3,
            remedy="several sign-ins to the console failed; look at who in the trail",
        ),
    )


def _one_of(field: str, *values: str) -> str:
    return " || ".join(f'($.{field} = "{value}")' for value in values)


def _calls(service: str, *names: str) -> str:
    return f"{{ {_named(service, *names)} }}"


def _named(service: str, *names: str) -> str:
    return f'($.eventSource = "{service}.amazonaws.com") && ({_one_of("eventName", *names)})'


def _by_others(keep: Keep, service: str, names: tuple[str, ...]) -> str:
    """Calls of neither the deployer's role nor a service of AWS.

    A comparison with a field that a record lacks is false, also by != (tried by DevelopersIO, "CloudWatch Logs JSON NOT
    EXISTS", looked up 2026-11-30): without the first half, calls of users would pass. The role's name is unique in its
    account, and shorter than its ARN.
    """
    issuer, deployer = "userIdentity.sessionContext.sessionIssuer.userName", keep.deployer_role_arn.rpartition("/")[2]
    others = f'(($.{issuer} NOT EXISTS) || ($.{issuer} != "{deployer}"))'
    return f"{{ {_named(service, *names)} && ($.userIdentity.invokedBy NOT EXISTS) && {others} }}"


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
