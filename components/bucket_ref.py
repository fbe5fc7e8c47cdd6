"""A reference to a bucket, for other components."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import BucketRole
from pulumi_aws import s3

from components.naming import DataClass

DATA_CLASS_OF: dict[BucketRole, DataClass] = {
    BucketRole.CODE: DataClass.CODE,
    BucketRole.SNAPSHOTS: DataClass.INDEX,
    BucketRole.MODELS: DataClass.MODEL,
    BucketRole.ARTIFACTS: DataClass.EVAL,
    BucketRole.PROMPTS: DataClass.PROMPT,
    BucketRole.AUDIT: DataClass.AUDIT,
    BucketRole.ACCESS_LOGS: DataClass.LOG,
}


@dataclass(frozen=True, kw_only=True)
class BucketRef:
    """`name` is also the bucket's id. What AWS delivers into the bucket must depend on `policy`: AWS checks it."""

    role: BucketRole
    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    data_class: DataClass
    policy: s3.BucketPolicy
    key_arn: pulumi.Output[str] | None  # None for access logs: S3 cannot deliver them under a customer's key
