"""The audit of a keep as its tier wants it: trail, detectors, and defaults where the account is its own."""

from collections.abc import Sequence

import pulumi
from codekeep_contracts.roles import BucketRole

from components.bucket_ref import BucketRef
from components.keep.platform_args import PlatformArgs
from components.keep.tenant_args import TenantEnvironmentArgs
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.observe.account_defaults import AccountDefaults, AccountDefaultsArgs
from components.observe.account_detectors import AccountDetectors, AccountDetectorsArgs
from components.observe.audit import Audit, AuditArgs

# Their objects are records themselves: recorded deliveries of records would never end.
RECORDS = (BucketRole.AUDIT, BucketRole.ACCESS_LOGS)


def keep_audit(
    args: TenantEnvironmentArgs | PlatformArgs,
    keys: KeyRing,
    bucket: BucketRef,
    topic_arn: pulumi.Input[str],
    recorded: Sequence[pulumi.Input[str]],
    *,
    regions: tuple[str, ...],
    unrecorded: Sequence[pulumi.Input[str]] = (),
    opts: pulumi.ResourceOptions,
) -> Audit:
    """The trail over objects whose ARN starts so, and the detectors where the account has none yet."""
    keep = args.keep
    if not args.has_detectors:
        AccountDetectors(
            keep.logical("detectors"),
            AccountDetectorsArgs(
                keep=keep,
                topic_arn=topic_arn,
                other_regions=tuple(region for region in regions if region != keep.region),
            ),
            opts=opts,
        )
    return Audit(
        keep.logical("audit"),
        AuditArgs(
            keep=keep,
            bucket=bucket,
            object_arn_prefixes=recorded,
            unrecorded_arn_prefixes=unrecorded,
            key_arn=keys.arn(DataClass.AUDIT),
            topic_arn=topic_arn,
            retention_days=args.retention_days[DataClass.AUDIT],
            allowed_regions=regions,
            after=(bucket.policy,),
        ),
        opts=opts,
    )


def own_account_defaults(keep: Keep, keys: KeyRing, *, opts: pulumi.ResourceOptions) -> AccountDefaults:
    """Only where the account holds this keep and nothing else."""
    return AccountDefaults(
        keep.logical("account"), AccountDefaultsArgs(volume_key_arn=keys.arn(DataClass.CODE)), opts=opts
    )


def object_prefixes(buckets: Sequence[BucketRef]) -> list[pulumi.Output[str]]:
    """ARN prefixes of the buckets' objects, those of records left out."""
    return [pulumi.Output.concat(bucket.arn, "/") for bucket in buckets if bucket.role not in RECORDS]
