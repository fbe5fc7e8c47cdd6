"""The endpoints through which a private network reaches AWS, each open to the keep's account alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2, vpc

from components.arns import arn
from components.iam_policy import ANYONE, Conditions, Statement, document
from components.naming import TAG_PREFIX, DataClass, Keep
from components.network.aws_registries import add_on_registries

HTTPS = 443
ANYWHERE = "0.0.0.0/0"

# Endpoint service -> IAM prefix of its actions: only what private EKS nodes and the runtime call.
INTERFACE_SERVICES: Mapping[str, str] = {
    "autoscaling": "autoscaling",
    "ec2": "ec2",
    "ecr.api": "ecr",
    "ecr.dkr": "ecr",
    "eks": "eks",
    "eks-auth": "eks-auth",
    "elasticloadbalancing": "elasticloadbalancing",
    "guardduty-data": "guardduty",
    "kms": "kms",
    "logs": "logs",
    "monitoring": "cloudwatch",
    "secretsmanager": "secretsmanager",
    "sqs": "sqs",
    "ssm": "ssm",
    "sts": "sts",
}

S3_ACTIONS = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
    "s3:PutObjectTagging",
)
PULL_ACTIONS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


@dataclass(frozen=True, kw_only=True)
class PrivateEndpointsArgs:
    """Each interface endpoint gets one interface per subnet; the S3 gateway is added to each route table."""

    keep: Keep
    vpc_id: pulumi.Input[str]
    cidr: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    route_table_ids: Sequence[pulumi.Input[str]]
    services: Mapping[str, str] = field(default_factory=lambda: INTERFACE_SERVICES)
    registry_account_ids: Sequence[str] = ()  # further accounts whose images may be pulled
    region: str | None = None  # None: the keep's own

    def __post_init__(self) -> None:
        for name in ("subnet_ids", "route_table_ids"):
            if not getattr(self, name):
                raise ValueError(f"{name} must not be empty: an endpoint nobody can reach is a keep that cannot start")
        if unknown := sorted(self.services.keys() - INTERFACE_SERVICES.keys()):
            raise ValueError(
                f"services has no policy for {', '.join(unknown)}; known are {', '.join(INTERFACE_SERVICES)}"
            )

    @property
    def actual_region(self) -> str:
        return self.region or self.keep.region


class PrivateEndpoints(pulumi.ComponentResource):
    """Interface endpoints of the services in use, and the gateway endpoint of S3."""

    security_group_id: pulumi.Output[str]
    s3_endpoint_id: pulumi.Output[str]
    interface_endpoint_ids: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: PrivateEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:endpoints:PrivateEndpoints", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)

        group = self._security_group()
        self.security_group_id = group.id
        self.s3_endpoint_id = self._s3().id
        self.interface_endpoint_ids = {
            service: self._interface(service, prefix, group).id for service, prefix in args.services.items()
        }
        self.register_outputs(
            {
                "securityGroupId": self.security_group_id,
                "s3EndpointId": self.s3_endpoint_id,
                "interfaceEndpointIds": self.interface_endpoint_ids,
            }
        )

    def _tags(self, label: str) -> dict[str, str]:
        return self._args.keep.tags(DataClass.CONFIG, region=self._args.region, name=f"{self._name}-{label}")

    def _security_group(self) -> ec2.SecurityGroup:
        args = self._args
        group = ec2.SecurityGroup(
            self._name,
            description="Interface endpoints: HTTPS from inside the network, nothing outwards",
            vpc_id=args.vpc_id,
            region=args.region,
            tags=self._tags("group"),
            opts=self._child,
        )
        vpc.SecurityGroupIngressRule(
            f"{self._name}-https",
            security_group_id=group.id,
            description="HTTPS from addresses of the network",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=args.cidr,
            region=args.region,
            tags=self._tags("https"),
            opts=self._child,
        )
        return group

    def _interface(self, service: str, prefix: str, group: ec2.SecurityGroup) -> ec2.VpcEndpoint:
        args = self._args
        label = service.replace(".", "-")
        return ec2.VpcEndpoint(
            f"{self._name}-{label}",
            vpc_id=args.vpc_id,
            vpc_endpoint_type="Interface",
            service_name=_service_name(service, args.actual_region),
            subnet_ids=list(args.subnet_ids),
            security_group_ids=[group.id],
            private_dns_enabled=True,
            policy=document(*interface_statements(args.keep, prefix, args.actual_region, args.registry_account_ids)),
            region=args.region,
            tags=self._tags(label),
            opts=self._child,
        )

    def _s3(self) -> ec2.VpcEndpoint:
        args = self._args
        return ec2.VpcEndpoint(
            f"{self._name}-s3",
            vpc_id=args.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=_service_name("s3", args.actual_region),
            route_table_ids=list(args.route_table_ids),
            policy=document(*s3_statements(args.keep, args.actual_region)),
            region=args.region,
            tags=self._tags("s3"),
            opts=self._child,
        )


def _service_name(service: str, region: str) -> str:
    prefix = "cn.com" if region.startswith("cn-") else "com"
    return f"{prefix}.amazonaws.{region}.{service}"


def interface_statements(
    keep: Keep, prefix: str, region: str, registry_account_ids: Sequence[str] = ()
) -> list[Statement]:
    """Policy of an interface endpoint: the keep's principals on the keep's resources; AWS's own are read-only."""
    statements = [
        Statement(
            sid="KeepOnly",
            principals=ANYONE,
            actions=(f"{prefix}:*",),
            resources=("*",),
            # IfExists: some actions (tokens, lists) have no resource.
            conditions={**_principals(keep), "StringEqualsIfExists": {"aws:ResourceAccount": keep.account_id}},
            wildcard_reason="the endpoint serves one service, and the conditions name the account on both sides",
        )
    ]
    if prefix == "ecr":
        statements.append(_pull_add_ons(keep, region, registry_account_ids))
    if prefix == "ssm":
        statements.append(_read_public_parameters(keep, region))
    return statements


def _principals(keep: Keep) -> Conditions:
    return {"StringEquals": {"aws:PrincipalAccount": keep.account_id}}


def _pull_add_ons(keep: Keep, region: str, registry_account_ids: Sequence[str]) -> Statement:
    accounts = (*add_on_registries(region), *registry_account_ids)
    return Statement(
        sid="PullAddOns",
        principals=ANYONE,
        actions=PULL_ACTIONS,
        resources=tuple(arn("ecr", "repository/*", region=region, account_id=account) for account in accounts),
        conditions=_principals(keep),
        wildcard_reason="the principal's account is in the condition; images of add-ons can only be pulled",
    )


def _read_public_parameters(keep: Keep, region: str) -> Statement:
    return Statement(
        sid="ReadPublicParameters",
        principals=ANYONE,
        actions=("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"),
        resources=(arn("ssm", "parameter/aws/service/*", region=region),),
        conditions=_principals(keep),
        wildcard_reason="the principal's account is in the condition; AWS publishes these parameters",
    )


def s3_statements(keep: Keep, region: str) -> list[Statement]:
    """Policy of the S3 gateway: the keep's buckets, and the bucket from which ECR serves image layers."""
    # By account and not by tenant: pooled keeps share their platform's endpoint; their buckets' policies separate them.
    buckets = arn("s3", f"{TAG_PREFIX}-*-{keep.account_id}-{region}", region=region, regional=False)
    layers = arn("s3", f"prod-{region}-starport-layer-bucket/*", region=region, regional=False)
    return [
        Statement(
            sid="BucketsOfTheKeep",
            principals=ANYONE,
            actions=S3_ACTIONS,
            resources=(buckets, f"{buckets}/*"),
            conditions={
                "StringEquals": {"aws:PrincipalAccount": keep.account_id, "aws:ResourceAccount": keep.account_id}
            },
            wildcard_reason="the principal's account is in the condition",
        ),
        Statement(
            sid="ImageLayers",
            principals=ANYONE,
            actions=("s3:GetObject",),
            resources=(layers,),
            wildcard_reason="ECR signs the requests for layers itself; the bucket is AWS's and can only be read",
        ),
    ]
