"""A bucket as other components see it."""

from dataclasses import dataclass
from enum import StrEnum

import pulumi
from pulumi_aws import s3

from components.naming import DataClass


class BucketRole(StrEnum):
    """What a keep's buckets are for."""

    CODE = "code"  # clones and parse caches of the customer's repositories
    SNAPSHOTS = "snapshots"  # snapshots of the vector index
    MODELS = "models"  # weights, engines, adapters, checkpoints
    ARTIFACTS = "artifacts"  # evaluation reports and corpora
    PROMPTS = "prompts"  # stored prompts, only with opt-in
    AUDIT = "audit"  # trails, under Object Lock
    ACCESS_LOGS = "access-logs"  # who asked for which object: what S3 and load balancers deliver


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
    """`name` is also the bucket's id. What AWS delivers into the bucket must depend on `policy`: AWS looks for it."""

    role: BucketRole
    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    data_class: DataClass
    policy: s3.BucketPolicy
    key_arn: pulumi.Output[str] | None  # None where S3 delivers logs, which it cannot under a customer's key
