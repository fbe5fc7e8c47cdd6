"""The buckets of a keep, one for each kind of data that lies in objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from codekeep_contracts.roles import BucketRole

from components.bucket_ref import DATA_CLASS_OF, BucketRef
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.storage.bucket import KeepBucket, KeepBucketArgs, LockMode, ObjectLock
from components.storage.bucket_policy import BucketAccess

ALWAYS = (BucketRole.CODE, BucketRole.SNAPSHOTS, BucketRole.MODELS, BucketRole.ARTIFACTS, BucketRole.AUDIT)


@dataclass(frozen=True, kw_only=True)
class StorageArgs:
    """`retention_days` counts by data class; a retention for PROMPT is what turns the prompts' bucket on."""

    keep: Keep
    keys: KeyRing
    retention_days: Mapping[DataClass, int]
    vpc_endpoint_ids: Sequence[pulumi.Input[str]]  # S3 gateway endpoints of the networks that read and write
    service_role_arns: Mapping[BucketRole, Sequence[pulumi.Input[str]]] = field(default_factory=dict)
    always: tuple[BucketRole, ...] = ALWAYS  # a platform holds less than a keep
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False  # Pulumi refuses to delete the buckets

    def __post_init__(self) -> None:
        needed = {DATA_CLASS_OF[role] for role in (*self.always, BucketRole.ACCESS_LOGS)}
        if missing := sorted(needed - self.retention_days.keys()):
            raise ValueError(f"retention_days must say how long these are kept: {', '.join(missing)}")

    @property
    def roles(self) -> tuple[BucketRole, ...]:
        """The buckets there will be, besides that of the access logs."""
        return (*self.always, BucketRole.PROMPTS) if DataClass.PROMPT in self.retention_days else self.always


class Storage(pulumi.ComponentResource):
    """All buckets, and the log of who asked for what in them."""

    buckets: Mapping[BucketRole, BucketRef]

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:storage:Storage", name, None, opts)
        self._args = args

        self.access_logs = self._bucket(BucketRole.ACCESS_LOGS, None)
        made = {role: self._bucket(role, self.access_logs) for role in args.roles}

        self.made: Mapping[BucketRole, KeepBucket] = {BucketRole.ACCESS_LOGS: self.access_logs, **made}
        self.buckets = {role: bucket.ref for role, bucket in self.made.items()}
        self.register_outputs({"buckets": {role.value: ref.name for role, ref in self.buckets.items()}})

    def bucket(self, role: BucketRole) -> BucketRef:
        """The bucket for a kind of data; KeyError where the keep has none (prompts without opt-in)."""
        if role not in self.buckets:
            raise KeyError(f"no {role.value} bucket (there are: {', '.join(sorted(self.buckets))})")
        return self.buckets[role]

    def _bucket(self, role: BucketRole, logs: KeepBucket | None) -> KeepBucket:
        args, data_class = self._args, DATA_CLASS_OF[role]
        days = args.retention_days[data_class]
        return KeepBucket(
            args.keep.logical("bucket", role.value),
            KeepBucketArgs(
                keep=args.keep,
                role=role,
                key_arn=None if role is BucketRole.ACCESS_LOGS else args.keys.arn(data_class),
                retention_days=days,
                access=BucketAccess(
                    keep=args.keep,
                    vpc_endpoint_ids=args.vpc_endpoint_ids,
                    service_role_arns=args.service_role_arns.get(role, ()),
                ),
                access_logs=None if logs is None else logs.ref,
                object_lock=ObjectLock(days=days, mode=args.audit_lock_mode) if role is BucketRole.AUDIT else None,
                protect=args.protect,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
