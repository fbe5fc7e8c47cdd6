"""The audit of a keep or a platform: its trail, and the account's detectors if there are none yet."""

from collections.abc import Sequence

import pulumi
from codekeep_contracts.roles import BucketRole

from components.bucket_ref import BucketRef
from components.keep.keep_args import InfrastructureArgs
from components.keys.key_ring import KeyRing
from components.naming import DataClass
from components.observe.account_detectors import AccountDetectors, AccountDetectorsArgs
from components.observe.audit import Audit, AuditArgs

RECORDS = (BucketRole.AUDIT, BucketRole.ACCESS_LOGS)
"""Buckets whose objects are records themselves: recording the delivery of records would never end."""


def keep_audit(
    args: InfrastructureArgs,
    keys: KeyRing,
    bucket: BucketRef,
    topic_arn: pulumi.Input[str],
    recorded: Sequence[pulumi.Input[str]],
    *,
    regions: tuple[str, ...],
    unrecorded: Sequence[pulumi.Input[str]] = (),
    opts: pulumi.ResourceOptions,
) -> Audit:
    """Creates the audit: it records access to objects whose ARN starts with one of `recorded` and with none of
    `unrecorded`.
    """
    keep = args.keep
    if not args.has_detectors:
        others = tuple(region for region in regions if region != keep.region)
        detectors = AccountDetectorsArgs(keep=keep, topic_arn=topic_arn, other_regions=others, existing=args.existing)
        AccountDetectors(keep.logical("detectors"), detectors, opts=opts)
    audit = AuditArgs(
        keep=keep,
        bucket=bucket,
        object_arn_prefixes=recorded,
        unrecorded_arn_prefixes=unrecorded,
        key_arn=keys.arn(DataClass.AUDIT),
        topic_arn=topic_arn,
        retention_days=args.retention_days[DataClass.AUDIT],
        allowed_regions=regions,
        after=(bucket.policy,),
    )
    return Audit(keep.logical("audit"), audit, opts=opts)


def object_prefixes(buckets: Sequence[BucketRef]) -> list[pulumi.Output[str]]:
    """ARN prefixes of the buckets' objects, without the buckets of records."""
    return [pulumi.Output.concat(bucket.arn, "/") for bucket in buckets if bucket.role not in RECORDS]
