"""What a keep's bucket refuses, whoever asks, and what it lets AWS deliver.

The refusals are Denies: an identity policy somewhere in the account cannot widen them. Each leaves open the ways a
keep is run by: the deployer's role, service-linked roles (nobody but AWS can assume those), and the roles named to the
bucket that AWS services assume outside the keep's network (replication, index snapshots).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.arns import arn, role_arn
from components.iam_policy import ANYONE, Conditions, Principals, Statement
from components.naming import Keep

LOG_DELIVERY = "delivery.logs.amazonaws.com"
OWNER_CONTROLS = "bucket-owner-full-control"


@dataclass(frozen=True, kw_only=True)
class BucketAccess:
    """From where and by whom a bucket is reached."""

    keep: Keep
    vpc_endpoint_ids: Sequence[pulumi.Input[str]]
    service_role_arns: Sequence[pulumi.Input[str]] = ()  # assumed by AWS services, from outside the keep's network

    def __post_init__(self) -> None:
        if not self.vpc_endpoint_ids:
            raise ValueError("vpc_endpoint_ids must name the keep's S3 endpoint; without one the keep could not read")


def refusals(access: BucketAccess, bucket_arn: pulumi.Input[str], key_arn: pulumi.Input[str] | None) -> list[Statement]:
    """The Denies of one bucket; `key_arn` is None for a bucket that S3 encrypts with its own keys."""
    target = _Target(access, bucket_arn)
    return [
        target.deny("DenyPlainHttp", {"Bool": {"aws:SecureTransport": "false"}}),
        target.deny("DenyOldTls", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        _foreign_principals(target),
        _foreign_networks(target),
        *(_other_keys(target, key_arn) if key_arn is not None else ()),
    ]


@dataclass(frozen=True)
class _Target:
    access: BucketAccess
    bucket_arn: pulumi.Input[str]

    @property
    def objects(self) -> pulumi.Output[str]:
        return pulumi.Output.concat(self.bucket_arn, "/*")

    def deny(self, sid: str, conditions: Conditions) -> Statement:
        return Statement(
            sid=sid,
            effect="Deny",
            principals=ANYONE,
            actions=("s3:*",),
            resources=(self.bucket_arn, self.objects),
            conditions=conditions,
        )


def _foreign_principals(target: _Target) -> Statement:
    """IfExists: an anonymous request carries none of the keys, and is refused; services are left to the Allows."""
    keep = target.access.keep
    return target.deny(
        "DenyForeignPrincipals",
        {
            "StringNotEqualsIfExists": {"aws:PrincipalAccount": keep.account_id},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            "ArnNotEqualsIfExists": {"aws:PrincipalArn": keep.deployer_role_arn},
        },
    )


def _foreign_networks(target: _Target) -> Statement:
    access, keep = target.access, target.access.keep
    linked_roles = role_arn("aws-service-role/*", keep.account_id, keep.region)
    return target.deny(
        "DenyForeignNetworks",
        {
            "StringNotEqualsIfExists": {"aws:SourceVpce": list(access.vpc_endpoint_ids)},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
            "ArnNotLikeIfExists": {
                "aws:PrincipalArn": [keep.deployer_role_arn, linked_roles, *access.service_role_arns]
            },
        },
    )


def _other_keys(target: _Target, key_arn: pulumi.Input[str]) -> list[Statement]:
    """A write that names no encryption gets the bucket's default, the right key; one that names another is refused."""

    def deny_write(sid: str, key: str, *, unless: pulumi.Input[str] | None) -> Statement:
        named = {"Null": {key: "false"}}
        other = {} if unless is None else {"StringNotEquals": {key: unless}}
        return Statement(
            sid=sid,
            effect="Deny",
            principals=ANYONE,
            actions=("s3:PutObject",),
            resources=(target.objects,),
            conditions={**named, **other},
        )

    return [
        deny_write("DenyOtherEncryption", "s3:x-amz-server-side-encryption", unless="aws:kms"),
        deny_write("DenyOtherKeys", "s3:x-amz-server-side-encryption-aws-kms-key-id", unless=key_arn),
        deny_write("DenyCallersKeys", "s3:x-amz-server-side-encryption-customer-algorithm", unless=None),
    ]


def trail_delivery(keep: Keep, bucket_arn: pulumi.Input[str]) -> list[Statement]:
    """Lets CloudTrail deliver, for the keep's own trails alone."""
    trails = [
        arn("cloudtrail", f"trail/{keep.physical()}{rest}", region=keep.region, account_id=keep.account_id)
        for rest in ("", "-*")
    ]
    service: Principals = {"Service": ("cloudtrail.amazonaws.com",)}
    return [
        Statement(
            sid="TrailReadsAcl",
            principals=service,
            actions=("s3:GetBucketAcl",),
            resources=(bucket_arn,),
            conditions={"ArnLike": {"aws:SourceArn": trails}},
        ),
        Statement(
            sid="TrailDelivers",
            principals=service,
            actions=("s3:PutObject",),
            resources=(pulumi.Output.concat(bucket_arn, f"/*AWSLogs/{keep.account_id}/*"),),
            conditions={"ArnLike": {"aws:SourceArn": trails}, "StringEquals": {"s3:x-amz-acl": OWNER_CONTROLS}},
        ),
    ]


def access_log_delivery(keep: Keep, bucket_arn: pulumi.Input[str], *, region: str) -> list[Statement]:
    """Lets S3 deliver the access logs of the keep's buckets, and load balancers theirs."""
    sources = arn("s3", f"{keep.physical()}-*", region=region, regional=False)
    deliveries: Conditions = {
        "StringEquals": {"aws:SourceAccount": keep.account_id},
        "ArnLike": {"aws:SourceArn": arn("logs", "*", region=region, account_id=keep.account_id)},
    }
    return [
        Statement(
            sid="S3Delivers",
            principals={"Service": ("logging.s3.amazonaws.com",)},
            actions=("s3:PutObject",),
            resources=(pulumi.Output.concat(bucket_arn, "/*"),),  # S3 looks for this when logging is switched on
            conditions={
                "StringEquals": {"aws:SourceAccount": keep.account_id},
                "ArnLike": {"aws:SourceArn": sources},
            },
        ),
        Statement(
            sid="LoadBalancersReadAcl",
            principals={"Service": (LOG_DELIVERY,)},
            actions=("s3:GetBucketAcl", "s3:ListBucket"),
            resources=(bucket_arn,),
            conditions=deliveries,
        ),
        Statement(
            sid="LoadBalancersDeliver",
            principals={"Service": (LOG_DELIVERY,)},
            actions=("s3:PutObject",),
            resources=(pulumi.Output.concat(bucket_arn, f"/lb/*AWSLogs/{keep.account_id}/*"),),
            conditions={
                **deliveries,
                "StringEquals": {"aws:SourceAccount": keep.account_id, "s3:x-amz-acl": OWNER_CONTROLS},
            },
        ),
    ]
