"""CloudTrail of a keep: one trail, into a locked bucket and a log group with alarms.

The trail covers all regions although the keep may use only some: its records are metadata and arrive in the keep's own
region, and a call in a region that is not allowed is exactly what it must show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudtrail, cloudwatch, iam

from components.bucket_ref import BucketRef
from components.iam_policy import Statement, document, trust_policy
from components.naming import DataClass, Keep
from components.observe.detections import Detections, DetectionsArgs
from components.observe.log_group import log_group

# Calls refused by the keep's endpoints: somebody inside tried another account's bucket, key or secret.
ENDPOINT_SOURCES = ("ec2", "kms", "s3", "secretsmanager")


def trail_name(keep: Keep) -> str:
    """Known before the trail exists, since keys and the bucket admit the trail by its ARN."""
    return keep.physical()


@dataclass(frozen=True, kw_only=True)
class AuditArgs:
    """Records every read and write of an object whose ARN starts with one of `object_arn_prefixes`.

    `unrecorded_arn_prefixes` are excluded: the trail must not record its own deliveries, which would never end.
    """

    keep: Keep
    bucket: BucketRef
    object_arn_prefixes: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]  # of AUDIT
    topic_arn: pulumi.Input[str]
    retention_days: int
    allowed_regions: tuple[str, ...]
    unrecorded_arn_prefixes: Sequence[pulumi.Input[str]] = ()
    after: Sequence[pulumi.Resource] = ()  # the bucket's policy

    def __post_init__(self) -> None:
        if not self.object_arn_prefixes:
            raise ValueError("object_arn_prefixes must name the buckets with the customer's data")
        if self.keep.region not in self.allowed_regions:
            raise ValueError(f"allowed_regions must include {self.keep.region}, got {', '.join(self.allowed_regions)}")


class Audit(pulumi.ComponentResource):
    """Trail, its log group, its role and its detections."""

    trail_arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]
    alarm_names: list[pulumi.Output[str]]

    def __init__(self, name: str, args: AuditArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:audit:Audit", name, None, opts)
        self._name, self._args = name, args

        group = log_group(
            args.keep,
            "trail",
            key_arn=args.key_arn,
            retention_days=args.retention_days,
            data_class=DataClass.AUDIT,
            opts=self._options(),
        )
        role, permission = self._role(group)
        trail = self._trail(group, role, permission)
        watching = Detections(
            f"{name}-detection",
            DetectionsArgs(
                keep=args.keep,
                log_group_name=group.name,
                topic_arn=args.topic_arn,
                allowed_regions=args.allowed_regions,
            ),
            opts=self._options(),
        )

        self.trail_arn = trail.arn
        self.log_group_name = group.name
        self.alarm_names = watching.alarm_names
        self.register_outputs({"trailArn": self.trail_arn, "logGroupName": self.log_group_name})

    def _options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on))

    def _role(self, group: cloudwatch.LogGroup) -> tuple[iam.Role, iam.RolePolicy]:
        keep = self._args.keep
        role = iam.Role(
            self._name,
            name=keep.physical("trail"),
            description=f"CloudTrail writes the trail of {keep.tenant} to its log group",
            assume_role_policy=trust_policy("cloudtrail.amazonaws.com"),  # CloudTrail sends no source here
            tags=keep.tags(DataClass.CONFIG),
            opts=self._options(),
        )
        streams = pulumi.Output.concat(group.arn, f":log-stream:{keep.account_id}_CloudTrail_{keep.region}*")
        permission = iam.RolePolicy(
            self._name,
            name="write-trail",
            role=role.name,
            policy=document(
                Statement(sid="WriteTrail", actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(streams,))
            ),
            opts=self._options(),
        )
        return role, permission

    def _trail(self, group: cloudwatch.LogGroup, role: iam.Role, permission: iam.RolePolicy) -> cloudtrail.Trail:
        args = self._args
        return cloudtrail.Trail(
            self._name,
            name=trail_name(args.keep),
            s3_bucket_name=args.bucket.name,
            kms_key_id=args.key_arn,
            cloud_watch_logs_group_arn=pulumi.Output.concat(group.arn, ":*"),
            cloud_watch_logs_role_arn=role.arn,
            enable_logging=True,
            enable_log_file_validation=True,
            include_global_service_events=True,
            is_multi_region_trail=True,
            advanced_event_selectors=[_management(), _data(args), *_refused_by_endpoints()],
            insight_selectors=[{"insight_type": kind} for kind in ("ApiCallRateInsight", "ApiErrorRateInsight")],
            tags=args.keep.tags(DataClass.AUDIT),
            opts=self._options(permission, *args.after),
        )


Selector = cloudtrail.TrailAdvancedEventSelectorArgs
Field = cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs


def _equals(field: str, value: str) -> Field:
    return Field(field=field, equals=[value])


def _management() -> Selector:
    return Selector(name="Management events selector", field_selectors=[_equals("eventCategory", "Management")])


def _data(args: AuditArgs) -> Selector:
    objects = Field(
        field="resources.ARN",
        starts_withs=list(args.object_arn_prefixes),
        not_starts_withs=list(args.unrecorded_arn_prefixes) or None,
    )
    fields = [_equals("eventCategory", "Data"), _equals("resources.type", "AWS::S3::Object"), objects]
    return Selector(name="objects of the keep", field_selectors=fields)


def _refused_by_endpoints() -> list[Selector]:
    return [
        Selector(
            name=f"refused by the {source} endpoint",
            field_selectors=[
                _equals("eventCategory", "NetworkActivity"),
                _equals("eventSource", f"{source}.amazonaws.com"),
                _equals("errorCode", "VpceAccessDenied"),
            ],
        )
        for source in ENDPOINT_SOURCES
    ]
