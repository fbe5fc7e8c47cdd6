"""The second region of a premium keep: a network and replicas, from which the keep can be built again.

Nothing runs there. A restore brings up a stack whose primary region is this one; it finds keys, snapshots, models and
audit trail in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import BucketRole
from pulumi_aws import ebs

from components.bucket_ref import DATA_CLASS_OF, BucketRef
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.network.network import Network, NetworkArgs
from components.storage.bucket import KeepBucket, KeepBucketArgs, LockMode, ObjectLock
from components.storage.bucket_policy import BucketAccess
from components.storage.replication import REPLICATED, Replication, ReplicationArgs, replication_role_arn
from components.storage.storage import Storage


@dataclass(frozen=True, kw_only=True)
class RecoveryArgs:
    """`cidr` may equal the primary network's: the two are never joined, and a restore takes the primary's place."""

    keep: Keep
    region: str
    cidr: str
    zones: tuple[str, ...]  # names like eu-west-1a
    keys: KeyRing
    storage: Storage
    retention_days: Mapping[DataClass, int]
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False

    def __post_init__(self) -> None:
        if self.region == self.keep.region:
            raise ValueError(f"region must differ from the keep's own, got {self.region} for both")
        if DataClass.LOG not in self.keys.replica_arns:
            raise ValueError(f"keys must have replicas in {self.region}; give the keys the same recovery_region")

    @property
    def roles(self) -> tuple[BucketRole, ...]:
        """The buckets the keep has of those worth copying."""
        return tuple(role for role in REPLICATED if role in self.storage.made)


class Recovery(pulumi.ComponentResource):
    """Network, replica buckets and their replication in the recovery region."""

    region: str
    network: Network
    buckets: Mapping[BucketRole, BucketRef]
    replication_role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: RecoveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:recovery:Recovery", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        self.region = args.region

        self._encrypt_volumes()
        self.network = self._network()
        logs = self._bucket(BucketRole.ACCESS_LOGS, None)
        replicas = {role: self._bucket(role, logs) for role in args.roles}
        replication = self._replicate(replicas)

        self.buckets = {role: bucket.ref for role, bucket in {BucketRole.ACCESS_LOGS: logs, **replicas}.items()}
        self.replication_role_arn = replication.role_arn
        self.register_outputs(
            {
                "region": args.region,
                "vpcId": self.network.vpc_id,
                "buckets": {role.value: ref.name for role, ref in self.buckets.items()},
                "replicationRoleArn": self.replication_role_arn,
            }
        )

    def _encrypt_volumes(self) -> None:
        """The account is the keep's own, so its defaults are the keep's to set."""
        args = self._args
        ebs.EncryptionByDefault(self._name, enabled=True, region=args.region, opts=self._child)
        ebs.DefaultKmsKey(
            self._name,
            key_arn=args.keys.replica_arn(DataClass.CODE),
            region=args.region,
            opts=self._child,
        )

    def _network(self) -> Network:
        args = self._args
        return Network(
            f"{self._name}-network",
            NetworkArgs(
                keep=args.keep,
                region=args.region,
                cidr=args.cidr,
                zones=args.zones,
                log_key_arn=args.keys.replica_arn(DataClass.LOG),
                audit_key_arn=args.keys.replica_arn(DataClass.AUDIT),
                audit_retention_days=args.retention_days[DataClass.AUDIT],
                log_retention_days=args.retention_days[DataClass.LOG],
                protect=args.protect,
            ),
            opts=self._child,
        )

    def _bucket(self, role: BucketRole, logs: KeepBucket | None) -> KeepBucket:
        args, data_class = self._args, DATA_CLASS_OF[role]
        days = args.retention_days[data_class]
        return KeepBucket(
            f"{self._name}-bucket-{role.value}",
            KeepBucketArgs(
                keep=args.keep,
                role=role,
                region=args.region,
                key_arn=None if role is BucketRole.ACCESS_LOGS else args.keys.replica_arn(data_class),
                retention_days=days,
                access=BucketAccess(
                    keep=args.keep,
                    vpc_endpoint_ids=(self.network.s3_endpoint_id,),
                    service_role_arns=(replication_role_arn(args.keep),),
                ),
                access_logs=None if logs is None else logs.ref,
                object_lock=ObjectLock(days=days, mode=args.audit_lock_mode) if role is BucketRole.AUDIT else None,
                protect=args.protect,
            ),
            opts=self._child,
        )

    def _replicate(self, replicas: Mapping[BucketRole, KeepBucket]) -> Replication:
        args = self._args
        return Replication(
            f"{self._name}-replication",
            ReplicationArgs(
                keep=args.keep,
                keys=args.keys,
                region=args.region,
                sources={role: args.storage.made[role] for role in replicas},
                replicas=replicas,
            ),
            opts=self._child,
        )
