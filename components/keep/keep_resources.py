"""The resources that every keep has for itself, whatever its tier: buckets, queues, logs, alerts and roles."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import BucketRole

from components.identity.boundary import Boundary
from components.identity.identity import Identity, IdentityArgs
from components.identity.workload import Workload, workload_account
from components.keep.keep_args import KeepArgs
from components.keys.audit_signing import AuditSigning, AuditSigningArgs
from components.keys.key_ring import KeyRing
from components.naming import DataClass
from components.network.network_ref import NetworkRef
from components.observe.alerts import Alerts, AlertsArgs
from components.observe.runtime_logs import RuntimeLogs, RuntimeLogsArgs
from components.storage.queues import Queues, QueuesArgs
from components.storage.replication import REPLICATED, replication_role_arn
from components.storage.storage import Storage, StorageArgs
from components.storage.vector_index import snapshot_role_arn


@dataclass(frozen=True, kw_only=True)
class KeepResourcesArgs:
    """`cluster_arn` is the cluster in which the keep's pods run, its own or a platform's."""

    args: KeepArgs
    keys: KeyRing
    network: NetworkRef
    cluster_arn: pulumi.Input[str]


class KeepResources(pulumi.ComponentResource):
    """The resources of a keep that outlive its pods."""

    storage: Storage
    queues: Queues
    logs: RuntimeLogs
    alerts: Alerts
    boundary: Boundary
    identity: Identity
    audit_signing: AuditSigning

    def __init__(self, name: str, args: KeepResourcesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:holdings:Holdings", name, None, opts)
        self._args, self._keys, self._child = args.args, args.keys, pulumi.ResourceOptions(parent=self)
        self._keep, self._network = args.args.keep, args.network

        self.alerts = self._create_alerts()
        self.boundary = Boundary(self._keep.logical("boundary"), self._keep, opts=self._child)
        self.identity = self._create_identity(args.cluster_arn)
        self.audit_signing = self._create_audit_signing()
        self.storage = self._create_storage()
        self.queues = self._create_queues()
        self.logs = self._create_logs()

        self.register_outputs({"topicArn": self.alerts.topic_arn, "boundaryArn": self.boundary.arn})

    def _create_alerts(self) -> Alerts:
        key, emails = self._keys.arn(DataClass.LOG), self._args.budget.notify
        alerts = AlertsArgs(keep=self._keep, key_arn=key, emails=emails)
        return Alerts(self._keep.logical("alerts"), alerts, opts=self._child)

    def _create_identity(self, cluster_arn: pulumi.Input[str]) -> Identity:
        identity = IdentityArgs(
            keep=self._keep,
            cluster_arn=cluster_arn,
            boundary_arn=self.boundary.arn,
            accounts={each.value: workload_account(self._keep, each) for each in Workload},
        )
        return Identity(self._keep.logical("workloads"), identity, opts=self._child)

    def _create_audit_signing(self) -> AuditSigning:
        """Signed by the workloads that show code, and by the one that purges it."""
        roles = [self.identity.role_arns[each.value] for each in (Workload.GATEWAY, Workload.INDEXER)]
        signing = AuditSigningArgs(keep=self._keep, signer_role_arns=roles, protect=self._args.protect)
        return AuditSigning(self._keep.logical("audit-signing"), signing, opts=self._child)

    def _create_storage(self) -> Storage:
        """The buckets; some AWS services work on them from outside the keep's network."""
        keep, args = self._keep, self._args
        copying = {role: [replication_role_arn(keep)] if args.recovery_region else [] for role in REPLICATED}
        services = {**copying, BucketRole.SNAPSHOTS: [snapshot_role_arn(keep), *copying[BucketRole.SNAPSHOTS]]}
        storage = StorageArgs(
            keep=keep,
            keys=self._keys,
            retention_days=args.retention_days,
            vpc_endpoint_ids=(self._network.s3_endpoint_id,),
            service_role_arns=services,
            audit_lock_mode=args.audit_lock_mode,
            protect=args.protect,
        )
        return Storage(keep.logical("storage"), storage, opts=self._child)

    def _create_queues(self) -> Queues:
        endpoints = (self._network.interface_endpoint_ids["sqs"],)
        queues = QueuesArgs(keep=self._keep, key_arn=self._keys.arn(DataClass.CODE), vpc_endpoint_ids=endpoints)
        return Queues(self._keep.logical("queues"), queues, opts=self._child)

    def _create_logs(self) -> RuntimeLogs:
        days = self._args.retention_days
        logs = RuntimeLogsArgs(
            keep=self._keep,
            log_key_arn=self._keys.arn(DataClass.LOG),
            audit_key_arn=self._keys.arn(DataClass.AUDIT),
            log_retention_days=days[DataClass.LOG],
            audit_retention_days=days[DataClass.AUDIT],
        )
        return RuntimeLogs(self._keep.logical("runtime-logs"), logs, opts=self._child)
