"""The buckets of a keep: one for each kind of data that is stored in objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from codekeep_contracts.roles import BucketRole

from components.bucket_ref import DATA_CLASS_OF, BucketRef
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.storage.bucket import KeepBucket, LockMode, keep_bucket
from components.storage.bucket_policy import BucketAccess

ALWAYS = (BucketRole.CODE, BucketRole.SNAPSHOTS, BucketRole.MODELS, BucketRole.ARTIFACTS, BucketRole.AUDIT)


@dataclass(frozen=True, kw_only=True)
class StorageArgs:
    """`retention_days` is by data class; a retention for PROMPT adds the bucket of prompts."""

    keep: Keep
    keys: KeyRing
    retention_days: Mapping[DataClass, int]
    vpc_endpoint_ids: Sequence[pulumi.Input[str]]  # S3 gateway endpoints of the networks that read and write
    service_role_arns: Mapping[BucketRole, Sequence[pulumi.Input[str]]] = field(default_factory=dict)
    always: tuple[BucketRole, ...] = ALWAYS  # a platform stores less than a keep
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False  # Pulumi refuses to delete the buckets

    def __post_init__(self) -> None:
        needed = {DATA_CLASS_OF[role] for role in (*self.always, BucketRole.ACCESS_LOGS)}
        if missing := sorted(needed - self.retention_days.keys()):
            raise ValueError(f"retention_days must say how long these are kept: {', '.join(missing)}")

    @property
    def roles(self) -> tuple[BucketRole, ...]:
        """The buckets, except the one for access logs."""
        return (*self.always, BucketRole.PROMPTS) if DataClass.PROMPT in self.retention_days else self.always


class Storage(pulumi.ComponentResource):
    """All buckets, and the one for their access logs."""

    buckets: Mapping[BucketRole, BucketRef]

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:storage:Storage", name, None, opts)
        self._args = args

        self.access_logs = self._bucket(BucketRole.ACCESS_LOGS, None)
        data_buckets = {role: self._bucket(role, self.access_logs) for role in args.roles}

        self.bucket_components: Mapping[BucketRole, KeepBucket] = {
            BucketRole.ACCESS_LOGS: self.access_logs,
            **data_buckets,
        }
        self.buckets = {role: bucket.ref for role, bucket in self.bucket_components.items()}
        self.register_outputs({"buckets": {role.value: ref.name for role, ref in self.buckets.items()}})

    def bucket(self, role: BucketRole) -> BucketRef:
        """The bucket for a kind of data.

        Raises:
            KeyError: the keep has none (prompts without opt-in).
        """
        if role not in self.buckets:
            raise KeyError(f"no {role.value} bucket (there are: {', '.join(sorted(self.buckets))})")
        return self.buckets[role]

    def _bucket(self, role: BucketRole, logs: KeepBucket | None) -> KeepBucket:
        args = self._args
        services = args.service_role_arns.get(role, ())
        return keep_bucket(
            args.keep.logical("bucket", role.value),
            role,
            BucketAccess(keep=args.keep, vpc_endpoint_ids=args.vpc_endpoint_ids, service_role_arns=services),
            keys=args.keys,
            retention_days=args.retention_days,
            access_logs=logs,
            audit_lock_mode=args.audit_lock_mode,
            protect=args.protect,
            opts=pulumi.ResourceOptions(parent=self),
        )
