"""The recovery region of a premium keep: a network and replicas, from which the keep can be built again.

Nothing runs there. A restore brings up a stack whose primary region is this one, where keys, snapshots, models and the
audit trail already are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import BucketRole
from pulumi_aws import ebs

from components.bucket_ref import BucketRef
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.network.network import Network, NetworkArgs
from components.network.network_plan import NetworkPlan
from components.network.network_ref import NetworkRef
from components.storage.bucket import KeepBucket, LockMode, keep_bucket
from components.storage.bucket_policy import BucketAccess
from components.storage.replication import REPLICATED, Replication, ReplicationArgs, replication_role_arn
from components.storage.storage import Storage


@dataclass(frozen=True, kw_only=True)
class RecoveryArgs:
    """The network may have the primary's range: the two are never connected, and a restore replaces the primary."""

    keep: Keep
    region: str
    network: NetworkPlan
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
        """The replicated buckets that the keep has."""
        return tuple(role for role in REPLICATED if role in self.storage.bucket_components)


class Recovery(pulumi.ComponentResource):
    """Network, replica buckets and their replication in the recovery region."""

    region: str
    network: NetworkRef
    buckets: Mapping[BucketRole, BucketRef]
    replication_role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: RecoveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:recovery:Recovery", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        self.region = args.region

        self._encrypt_volumes()
        self.network = self._network().ref
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
        """The account contains only this keep, so the keep may set its defaults."""
        args = self._args
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        ebs.EncryptionByDefault(self._name, enabled=True, region=args.region, opts=kept)
        ebs.DefaultKmsKey(
            self._name,
            key_arn=args.keys.replica_arn(DataClass.CODE),
            region=args.region,
            opts=self._child,
        )

    def _network(self) -> Network:
        args = self._args
        network = NetworkArgs(
            keep=args.keep,
            region=args.region,
            plan=args.network,
            keys=args.keys.of_recovery_region(),
            retention_days=args.retention_days,
            protect=args.protect,
        )
        return Network(f"{self._name}-network", network, opts=self._child)

    def _bucket(self, role: BucketRole, logs: KeepBucket | None) -> KeepBucket:
        args, services = self._args, (replication_role_arn(self._args.keep),)
        endpoints = (self.network.s3_endpoint_id,)
        return keep_bucket(
            f"{self._name}-bucket-{role.value}",
            role,
            BucketAccess(keep=args.keep, vpc_endpoint_ids=endpoints, service_role_arns=services),
            region=args.region,
            keys=args.keys.of_recovery_region(),
            retention_days=args.retention_days,
            access_logs=logs,
            audit_lock_mode=args.audit_lock_mode,
            protect=args.protect,
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
                sources={role: args.storage.bucket_components[role] for role in replicas},
                replicas=replicas,
            ),
            opts=self._child,
        )
