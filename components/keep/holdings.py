"""What of a keep holds its data or speaks for its pods: buckets, queues, logs, alerts, roles. Its own on any ground."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import BucketRole

from components.identity.boundary import Boundary
from components.identity.identity import Identity, IdentityArgs
from components.identity.workload import Workload, workload_account
from components.keep.platform_args import PooledTenantArgs
from components.keep.tenant_args import TenantEnvironmentArgs
from components.keys.audit_signing import AuditSigning, AuditSigningArgs
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.network.network_like import NetworkLike
from components.observe.alerts import Alerts, AlertsArgs
from components.observe.runtime_logs import RuntimeLogs, RuntimeLogsArgs
from components.storage.bucket import LockMode
from components.storage.queues import Queues, QueuesArgs
from components.storage.replication import REPLICATED, replication_role_arn
from components.storage.storage import Storage, StorageArgs
from components.storage.vector_index import snapshot_role_arn


@dataclass(frozen=True, kw_only=True)
class HoldingsArgs:
    """`cluster_arn` is that of the cluster the keep's pods run in, whoever's it is."""

    keep: Keep
    keys: KeyRing
    network: NetworkLike
    cluster_arn: pulumi.Input[str]
    retention_days: Mapping[DataClass, int]
    alert_emails: tuple[str, ...]
    recovery_region: str | None = None
    audit_lock_mode: LockMode = LockMode.COMPLIANCE
    protect: bool = False

    @classmethod
    def of(
        cls,
        args: TenantEnvironmentArgs | PooledTenantArgs,
        *,
        keys: KeyRing,
        network: NetworkLike,
        cluster_arn: pulumi.Input[str],
    ) -> "HoldingsArgs":
        """From a keep's Args, whatever its tier."""
        return cls(
            keep=args.keep,
            keys=keys,
            network=network,
            cluster_arn=cluster_arn,
            retention_days=args.retention_days,
            alert_emails=args.budget.notify,
            recovery_region=args.recovery_region if isinstance(args, TenantEnvironmentArgs) else None,
            audit_lock_mode=args.audit_lock_mode,
            protect=args.protect,
        )


class Holdings(pulumi.ComponentResource):
    """Everything that outlives a pod."""

    storage: Storage
    queues: Queues
    logs: RuntimeLogs
    alerts: Alerts
    boundary: Boundary
    identity: Identity
    audit_signing: AuditSigning

    def __init__(self, name: str, args: HoldingsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:holdings:Holdings", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)

        self.alerts = self._alerts()
        self.boundary = Boundary(args.keep.logical("boundary"), args.keep, opts=pulumi.ResourceOptions(parent=self))
        self.identity = self._identity()
        self.audit_signing = self._audit_signing()
        self.storage = keep_storage(args, opts=pulumi.ResourceOptions(parent=self))
        self.queues = self._queues()
        self.logs = self._logs()

        self.register_outputs({"topicArn": self.alerts.topic_arn, "boundaryArn": self.boundary.arn})

    def _alerts(self) -> Alerts:
        args = self._args
        return Alerts(
            args.keep.logical("alerts"),
            AlertsArgs(keep=args.keep, key_arn=args.keys.arn(DataClass.LOG), emails=args.alert_emails),
            opts=self._child,
        )

    def _identity(self) -> Identity:
        args = self._args
        return Identity(
            args.keep.logical("workloads"),
            IdentityArgs(
                keep=args.keep,
                cluster_arn=args.cluster_arn,
                boundary_arn=self.boundary.arn,
                accounts={each.value: workload_account(args.keep, each) for each in Workload},
            ),
            opts=self._child,
        )

    def _audit_signing(self) -> AuditSigning:
        """By those who show code, and those who purge it."""
        args, roles = self._args, self.identity.role_arns
        return AuditSigning(
            args.keep.logical("audit-signing"),
            AuditSigningArgs(
                keep=args.keep,
                signer_role_arns=[roles[each.value] for each in (Workload.GATEWAY, Workload.INDEXER)],
                protect=args.protect,
            ),
            opts=self._child,
        )

    def _queues(self) -> Queues:
        args = self._args
        return Queues(
            args.keep.logical("queues"),
            QueuesArgs(
                keep=args.keep,
                key_arn=args.keys.arn(DataClass.CODE),
                vpc_endpoint_ids=(args.network.interface_endpoint_ids["sqs"],),
            ),
            opts=self._child,
        )

    def _logs(self) -> RuntimeLogs:
        args = self._args
        return RuntimeLogs(
            args.keep.logical("runtime-logs"),
            RuntimeLogsArgs(
                keep=args.keep,
                log_key_arn=args.keys.arn(DataClass.LOG),
                audit_key_arn=args.keys.arn(DataClass.AUDIT),
                log_retention_days=args.retention_days[DataClass.LOG],
                audit_retention_days=args.retention_days[DataClass.AUDIT],
            ),
            opts=self._child,
        )


def keep_storage(args: HoldingsArgs, *, opts: pulumi.ResourceOptions) -> Storage:
    """The buckets, open to those services of AWS that work on them from outside the keep's network."""
    keep = args.keep
    copying = {role: [replication_role_arn(keep)] if args.recovery_region else [] for role in REPLICATED}
    services = {**copying, BucketRole.SNAPSHOTS: [snapshot_role_arn(keep), *copying[BucketRole.SNAPSHOTS]]}
    return Storage(
        keep.logical("storage"),
        StorageArgs(
            keep=keep,
            keys=args.keys,
            retention_days=args.retention_days,
            vpc_endpoint_ids=(args.network.s3_endpoint_id,),
            service_role_arns=services,
            audit_lock_mode=args.audit_lock_mode,
            protect=args.protect,
        ),
        opts=opts,
    )
