"""Bucket policies of a keep: what they deny to everybody, and what AWS services may deliver.

The Denies apply even if an identity policy somewhere in the account allows more. Each exempts what operates a keep: the
deployer's role, service-linked roles (which only AWS can assume), and the roles that AWS services assume outside the
keep's network (replication, index snapshots).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.arns import arn, role_arn
from components.iam_policy import Conditions, Statement, allow_service, deny, from_account
from components.keys.key_policy import trail_arns
from components.naming import Keep
from components.network.traffic_logs import LOG_DELIVERY

OWNER_CONTROLS = "bucket-owner-full-control"


@dataclass(frozen=True, kw_only=True)
class BucketAccess:
    """The endpoints through which a bucket is reached, and the roles that may reach it from outside the keep's
    network.
    """

    keep: Keep
    vpc_endpoint_ids: Sequence[pulumi.Input[str]]
    service_role_arns: Sequence[pulumi.Input[str]] = ()  # assumed by AWS services

    def __post_init__(self) -> None:
        if not self.vpc_endpoint_ids:
            raise ValueError("vpc_endpoint_ids must name the keep's S3 endpoint; without one the keep could not read")


def deny_statements(
    access: BucketAccess, bucket_arn: pulumi.Input[str], key_arn: pulumi.Input[str] | None
) -> list[Statement]:
    """The Deny statements of one bucket; `key_arn` is None for a bucket that S3 encrypts with its own keys."""
    everything = (bucket_arn, pulumi.Output.concat(bucket_arn, "/*"))
    conditions: dict[str, Conditions] = {
        "DenyPlainHttp": {"Bool": {"aws:SecureTransport": "false"}},
        "DenyOldTls": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        "DenyForeignPrincipals": _foreign_principals(access.keep),
        "DenyForeignNetworks": _foreign_networks(access),
    }
    return [
        *(deny(sid, ("s3:*",), everything, condition) for sid, condition in conditions.items()),
        *(_other_keys(bucket_arn, key_arn) if key_arn is not None else ()),
    ]


def _foreign_principals(keep: Keep) -> Conditions:
    """IfExists: an anonymous request has none of these keys, and is denied. AWS services need an Allow."""
    return {
        "StringNotEqualsIfExists": {"aws:PrincipalAccount": keep.account_id},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        "ArnNotEqualsIfExists": {"aws:PrincipalArn": keep.deployer_role_arn},
    }


def _foreign_networks(access: BucketAccess) -> Conditions:
    keep = access.keep
    linked_roles = role_arn("aws-service-role/*", keep.account_id, keep.region)
    return {
        "StringNotEqualsIfExists": {"aws:SourceVpce": list(access.vpc_endpoint_ids)},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
        "ArnNotLikeIfExists": {"aws:PrincipalArn": [keep.deployer_role_arn, linked_roles, *access.service_role_arns]},
    }


def _other_keys(bucket_arn: pulumi.Input[str], key_arn: pulumi.Input[str]) -> list[Statement]:
    """A write that names no encryption gets the bucket's default, the right key. One that names another is denied."""

    def deny_write(sid: str, header: str, allowed: pulumi.Input[str] | None) -> Statement:
        key = f"s3:x-amz-server-side-encryption{header}"
        named: Conditions = {"Null": {key: "false"}}
        other: Conditions = {} if allowed is None else {"StringNotEquals": {key: allowed}}
        return deny(sid, ("s3:PutObject",), (pulumi.Output.concat(bucket_arn, "/*"),), {**named, **other})

    return [
        deny_write("DenyOtherEncryption", "", "aws:kms"),
        deny_write("DenyOtherKeys", "-aws-kms-key-id", key_arn),
        deny_write("DenyCallersKeys", "-customer-algorithm", None),
    ]


def trail_delivery(keep: Keep, bucket_arn: pulumi.Input[str]) -> list[Statement]:
    """Lets CloudTrail deliver the keep's own trails."""
    service, own = "cloudtrail.amazonaws.com", {"ArnLike": {"aws:SourceArn": trail_arns(keep, keep.region)}}
    objects = pulumi.Output.concat(bucket_arn, f"/*AWSLogs/{keep.account_id}/*")
    owned: Conditions = {**own, "StringEquals": {"s3:x-amz-acl": OWNER_CONTROLS}}
    return [
        allow_service(service, "TrailReadsAcl", ("s3:GetBucketAcl",), bucket_arn, own),
        allow_service(service, "TrailDelivers", ("s3:PutObject",), objects, owned),
    ]


def access_log_delivery(keep: Keep, bucket_arn: pulumi.Input[str], *, region: str) -> list[Statement]:
    """Lets S3 deliver the access logs of the keep's buckets, and load balancers theirs."""
    account = keep.account_id
    buckets = arn("s3", f"{keep.physical()}-*", region=region, regional=False)
    balancers = from_account(account, keep.arn("logs", "*", region=region))
    owned: Conditions = {
        **balancers,
        "StringEquals": {"aws:SourceAccount": account, "s3:x-amz-acl": OWNER_CONTROLS},
    }
    # S3 checks for exactly this resource when logging is switched on.
    objects = pulumi.Output.concat(bucket_arn, "/*")
    balancer_logs = pulumi.Output.concat(bucket_arn, f"/lb/*AWSLogs/{account}/*")
    listing, writing = ("s3:GetBucketAcl", "s3:ListBucket"), ("s3:PutObject",)
    return [
        allow_service("logging.s3.amazonaws.com", "S3Delivers", writing, objects, from_account(account, buckets)),
        allow_service(LOG_DELIVERY, "LoadBalancersReadAcl", listing, bucket_arn, balancers),
        allow_service(LOG_DELIVERY, "LoadBalancersDeliver", writing, balancer_logs, owned),
    ]
