"""A log group under one of the keep's keys."""

import pulumi
from pulumi_aws import cloudwatch

from components.naming import DataClass, Keep

# The retentions that CloudWatch Logs accepts, in days.
RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def log_retention_days(promised_days: int) -> int:
    """The longest retention of CloudWatch that does not exceed the promised one.

    Raises:
        ValueError: the promised retention is less than a day.
    """
    if promised_days < RETENTIONS[0]:
        raise ValueError(f"a log's retention must be 1 day or more, got {promised_days}")
    return max(days for days in RETENTIONS if days <= promised_days)


def log_group_name(keep: Keep, *parts: str) -> str:
    """`/codekeep/<tenant>/<part>...`. Keys of logs admit these names, and those that AWS gives the keep's groups."""
    return "/".join(("", "codekeep", keep.tenant, *parts))


def log_group(
    keep: Keep,
    *parts: str,
    key_arn: pulumi.Input[str],
    retention_days: int,
    opts: pulumi.ResourceOptions,
    data_class: DataClass = DataClass.LOG,
    name: str | None = None,
    region: str | None = None,
) -> cloudwatch.LogGroup:
    """Creates the group; give `name` only where AWS dictates it (`/aws/eks/<cluster>/cluster`)."""
    return cloudwatch.LogGroup(
        keep.logical("logs", *parts),
        name=name or log_group_name(keep, *parts),
        kms_key_id=key_arn,
        retention_in_days=log_retention_days(retention_days),
        region=region,
        tags=keep.tags(data_class, region=region),
        opts=opts,
    )
