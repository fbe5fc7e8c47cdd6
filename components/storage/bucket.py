"""A bucket of a keep: key, versions, lifecycle, ownership, policy and access log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pulumi
from codekeep_contracts.physical_names import BUCKET_NAME_MAX
from codekeep_contracts.roles import BucketRole
from pulumi_aws import s3

from components.bucket_ref import DATA_CLASS_OF, BucketRef
from components.iam_policy import Statement, document
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.storage.bucket_policy import BucketAccess, access_log_delivery, deny_statements, trail_delivery

UNFINISHED_UPLOAD_DAYS = 3
DELETED_VERSION_DAYS = 7  # how long a deleted or overwritten object can be restored

# A model in use must not expire: here the retention starts when a version is replaced.
KEPT_WHILE_CURRENT = frozenset({BucketRole.MODELS})


class LockMode(StrEnum):
    """Object Lock: in COMPLIANCE nobody can shorten the retention, not even the account's root."""

    COMPLIANCE = "COMPLIANCE"
    GOVERNANCE = "GOVERNANCE"


@dataclass(frozen=True, kw_only=True)
class ObjectLock:
    """Retention of every new object version."""

    days: int
    mode: LockMode = LockMode.COMPLIANCE

    def __post_init__(self) -> None:
        if not 1 <= self.days <= 36_500:
            raise ValueError(f"an object lock's days must be 1-36500, got {self.days}")


@dataclass(frozen=True, kw_only=True)
class KeepBucketArgs:
    """`key_arn` is None only for ACCESS_LOGS: S3 cannot deliver its logs into a bucket under a customer's key."""

    keep: Keep
    role: BucketRole
    key_arn: pulumi.Input[str] | None
    retention_days: int
    access: BucketAccess
    access_logs: BucketRef | None
    object_lock: ObjectLock | None = None
    region: str | None = None  # None: the keep's own
    protect: bool = False

    def __post_init__(self) -> None:
        is_log_target = self.role is BucketRole.ACCESS_LOGS
        if self.retention_days < 1:
            raise ValueError(f"retention_days of the {self.role} bucket must be 1 or more, got {self.retention_days}")
        if (self.key_arn is None) != is_log_target:
            raise ValueError(
                f"key_arn must be given for every bucket but {BucketRole.ACCESS_LOGS}, which S3 encrypts itself; "
                f"wrong for {self.role}"
            )
        if (self.access_logs is None) != is_log_target:
            raise ValueError(
                f"access_logs must be given for every bucket but {BucketRole.ACCESS_LOGS} itself; wrong for {self.role}"
            )
        if is_log_target and self.object_lock is not None:
            raise ValueError(
                f"object_lock must be None for {self.role}: S3 delivers no access logs into a locked bucket"
            )
        if len(name := self.bucket_name) > BUCKET_NAME_MAX:
            raise ValueError(
                f"bucket name {name!r} is longer than {BUCKET_NAME_MAX} characters; use a shorter tenant name"
            )

    @property
    def bucket_name(self) -> str:
        return self.keep.global_name(self.role.value, region=self.region)


class KeepBucket(pulumi.ComponentResource):
    """One bucket, with every restriction that AWS offers."""

    ref: BucketRef
    versioning: s3.BucketVersioning

    def __init__(self, name: str, args: KeepBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:bucket:KeepBucket", name, None, opts)
        self._name, self._args = name, args

        self._bucket = self._create()
        self.versioning = self._versions()
        self._encrypt()
        self._lock_objects()
        self._expire()
        policy = self._guard()
        self._log_access()

        self.ref = BucketRef(
            role=args.role,
            name=self._bucket.bucket,
            arn=self._bucket.arn,
            data_class=DATA_CLASS_OF[args.role],
            policy=policy,
            key_arn=None if args.key_arn is None else pulumi.Output.from_input(args.key_arn),
        )
        self.register_outputs({"name": self.ref.name, "arn": self.ref.arn})

    def _child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on))

    def _create(self) -> s3.Bucket:
        args = self._args
        return s3.Bucket(
            self._name,
            bucket=args.bucket_name,
            region=args.region,
            object_lock_enabled=args.object_lock is not None,
            # Logs of the last deletions arrive when everything else is gone: nobody could empty this bucket by hand.
            force_destroy=args.role is BucketRole.ACCESS_LOGS,
            tags=args.keep.tags(DATA_CLASS_OF[args.role], region=args.region),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect or None),
        )

    def _versions(self) -> s3.BucketVersioning:
        return s3.BucketVersioning(
            self._name,
            bucket=self._bucket.id,
            region=self._args.region,
            versioning_configuration={"status": "Enabled"},
            opts=self._child(),
        )

    def _encrypt(self) -> None:
        key = self._args.key_arn
        s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=self._bucket.id,
            region=self._args.region,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}
                    if key is None
                    else {"sse_algorithm": "aws:kms", "kms_master_key_id": key},
                    "bucket_key_enabled": key is not None,
                }
            ],
            opts=self._child(),
        )

    def _lock_objects(self) -> None:
        lock = self._args.object_lock
        if lock is None:
            return
        s3.BucketObjectLockConfiguration(
            self._name,
            bucket=self._bucket.id,
            region=self._args.region,
            object_lock_enabled="Enabled",
            rule={"default_retention": {"mode": lock.mode.value, "days": lock.days}},
            opts=self._child(self.versioning),  # S3 locks versions, and accepts no lock without them
        )

    def _expire(self) -> None:
        """Expires objects: nothing outlives its retention by more than DELETED_VERSION_DAYS."""
        args = self._args
        current_goes = args.role not in KEPT_WHILE_CURRENT
        every_object: s3.BucketLifecycleConfigurationRuleFilterArgsDict = {"prefix": ""}
        kept_versions_days = min(DELETED_VERSION_DAYS, args.retention_days) if current_goes else args.retention_days
        retention: s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "retention",
            "status": "Enabled",
            "filter": every_object,
            "noncurrent_version_expiration": {"noncurrent_days": kept_versions_days},
            "abort_incomplete_multipart_upload": {"days_after_initiation": UNFINISHED_UPLOAD_DAYS},
        }
        if current_goes:
            retention["expiration"] = {"days": args.retention_days}
        s3.BucketLifecycleConfiguration(
            self._name,
            bucket=self._bucket.id,
            region=args.region,
            rules=[
                retention,
                # A separate rule: S3 does not accept this together with days.
                {
                    "id": "markers-without-versions",
                    "status": "Enabled",
                    "filter": every_object,
                    "expiration": {"expired_object_delete_marker": True},
                },
            ],
            opts=self._child(self.versioning),  # rules about old versions need versions
        )

    def _guard(self) -> s3.BucketPolicy:
        args = self._args
        ownership = s3.BucketOwnershipControls(
            self._name,
            bucket=self._bucket.id,
            region=args.region,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._child(),
        )
        # One after the other: S3 answers 409 to two simultaneous changes of a bucket's access.
        private = s3.BucketPublicAccessBlock(
            self._name,
            bucket=self._bucket.id,
            region=args.region,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child(ownership),
        )
        return s3.BucketPolicy(
            self._name,
            bucket=self._bucket.id,
            region=args.region,
            policy=document(*deny_statements(args.access, self._bucket.arn, args.key_arn), *self._deliveries()),
            opts=self._child(private),
        )

    def _deliveries(self) -> Sequence[Statement]:
        args = self._args
        if args.role is BucketRole.AUDIT:
            return trail_delivery(args.keep, self._bucket.arn)
        if args.role is BucketRole.ACCESS_LOGS:
            return access_log_delivery(args.keep, self._bucket.arn, region=args.region or args.keep.region)
        return ()

    def _log_access(self) -> None:
        logs = self._args.access_logs
        if logs is None:
            return
        s3.BucketLogging(
            self._name,
            bucket=self._bucket.id,
            region=self._args.region,
            target_bucket=logs.name,
            target_prefix=f"s3/{self._args.role.value}/",
            target_object_key_format={"partitioned_prefix": {"partition_date_source": "EventTime"}},
            opts=self._child(logs.policy),  # S3 checks whether it may write there
        )


def keep_bucket(
    name: str,
    role: BucketRole,
    access: BucketAccess,
    *,
    keys: KeyRing,
    retention_days: Mapping[DataClass, int],
    access_logs: KeepBucket | None,
    audit_lock_mode: LockMode,
    region: str | None = None,
    protect: bool,
    opts: pulumi.ResourceOptions,
) -> KeepBucket:
    """The bucket of a role, with the key and the retention of its data class; audit records are locked."""
    data_class = DATA_CLASS_OF[role]
    days = retention_days[data_class]
    args = KeepBucketArgs(
        keep=access.keep,
        role=role,
        region=region,
        key_arn=None if role is BucketRole.ACCESS_LOGS else keys.arn(data_class),
        retention_days=days,
        access=access,
        access_logs=None if access_logs is None else access_logs.ref,
        object_lock=ObjectLock(days=days, mode=audit_lock_mode) if role is BucketRole.AUDIT else None,
        protect=protect,
    )
    return KeepBucket(name, args, opts=opts)
