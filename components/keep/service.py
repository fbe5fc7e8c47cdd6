"""A keep at work: links to the code, permissions of the workloads, the way in, the namespace, and the watch over it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import BucketRole
from codekeep_contracts.settings.governance import Slo
from codekeep_contracts.settings.links import GitLinkSpec, RegistryLinkSpec

from components.compute.cluster_like import ClusterLike
from components.compute.kubernetes_access import KubernetesAccess, KubernetesAccessArgs
from components.identity.identity import Permissions, PermissionsArgs
from components.identity.workload import Workload, workload_account
from components.identity.workload_grants import WorkloadResources, workload_statements
from components.keep.holdings import Holdings
from components.keep.platform_args import PooledTenantArgs
from components.keep.tenant_args import TenantEnvironmentArgs
from components.keys.key_ring import KeyRing
from components.keys.secret_slot import SecretReplica, SecretSlot, SecretSlotArgs
from components.naming import DataClass, Keep
from components.network.entry import Entry, EntryArgs
from components.network.links import Links, LinksArgs
from components.network.network_like import NetworkLike
from components.observe.alarm import Alarm
from components.observe.budget_plan import BudgetPlan
from components.observe.keep_alarms import entry_alarms, freshness_alarms, queue_alarms, record_alarms, service_alarms
from components.observe.observability import Observability, ObservabilityArgs


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the keep stands on: its own, or the platform's. `ready` is what the namespace waits for."""

    network: NetworkLike
    node_security_group_id: pulumi.Output[str]
    cluster: ClusterLike
    index_domain_arn: pulumi.Output[str]
    index_domain_name: str | None = None  # where the domain is the keep's own, for its dashboard
    alarms: Sequence[Alarm] = ()  # on parts of the ground that are the keep's own
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """Holdings, ground, and what the spec says of links, entry and objectives."""

    keep: Keep
    keys: KeyRing
    holdings: Holdings
    ground: Ground
    git_links: tuple[GitLinkSpec, ...]
    registry_links: tuple[RegistryLinkSpec, ...]
    entry_principal_arns: tuple[str, ...]
    slo: Slo
    budget: BudgetPlan
    recovery_region: str | None = None
    own_account: bool = False
    protect: bool = False

    @classmethod
    def of(
        cls, args: TenantEnvironmentArgs | PooledTenantArgs, *, keys: KeyRing, holdings: Holdings, ground: Ground
    ) -> "ServiceArgs":
        """From a keep's Args, whatever its tier."""
        return cls(
            keep=args.keep,
            keys=keys,
            holdings=holdings,
            ground=ground,
            git_links=args.git_links,
            registry_links=args.registry_links,
            entry_principal_arns=args.entry_principal_arns,
            slo=args.slo,
            budget=args.budget,
            recovery_region=args.recovery_region if isinstance(args, TenantEnvironmentArgs) else None,
            own_account=isinstance(args, TenantEnvironmentArgs) and args.own_account,
            protect=args.protect,
        )


class Service(pulumi.ComponentResource):
    """Links, permissions, entry, namespace, observability."""

    links: Links
    certificate: SecretSlot
    entry: Entry
    kubernetes: KubernetesAccess
    observability: Observability

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:service:Service", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)

        self.links = self._link()
        self.certificate = self._hold_certificate()
        self._permit()
        self.entry = self._open()
        self.kubernetes = self._reach_kubernetes()
        self.observability = self._watch()

        self.register_outputs({"entryServiceName": self.entry.service_name, "namespace": self.kubernetes.namespace})

    def _link(self) -> Links:
        args = self._args
        return Links(
            args.keep.logical("links"),
            LinksArgs(
                keep=args.keep,
                network=args.ground.network,
                keys=args.keys,
                client_group_id=args.ground.node_security_group_id,
                role_arns=args.holdings.identity.role_arns,
                topic_arn=args.holdings.alerts.topic_arn,
                git_links=args.git_links,
                registry_links=args.registry_links,
                recovery_region=args.recovery_region,
            ),
            opts=self._child,
        )

    def _hold_certificate(self) -> SecretSlot:
        """The gateway speaks TLS itself: whoever issues its certificate writes it here, and it alone reads it."""
        args, region = self._args, self._args.recovery_region
        return SecretSlot(
            args.keep.logical("gateway-certificate"),
            SecretSlotArgs(
                keep=args.keep,
                label="gateway-certificate",
                description="Certificate of the gateway, its chain and its key, as PEM",
                key_arn=args.keys.arn(DataClass.SECRET),
                reader_arns=[args.holdings.identity.role_arns[Workload.GATEWAY.value]],
                vpc_endpoint_ids=(args.ground.network.interface_endpoint_ids["secretsmanager"],),
                replica=None
                if region is None
                else SecretReplica(region=region, key_arn=args.keys.replica_arn(DataClass.SECRET)),
            ),
            opts=self._child,
        )

    def _permit(self) -> Permissions:
        args, holdings = self._args, self._args.holdings
        resources = WorkloadResources(
            buckets=holdings.storage.buckets,
            queues=holdings.queues.queues,
            index_domain_arn=args.ground.index_domain_arn,
            git_token_arns=list(self.links.git_token_arns.values()),
            registry_token_arns=list(self.links.registry_token_arns.values()),
            webhook_secret_arns=list(self.links.webhook_secret_arns.values()),
            certificate_secret_arn=self.certificate.arn,
            secret_key_arn=args.keys.arn(DataClass.SECRET),
            audit_signing_key_arn=holdings.audit_signing.key_arn,
            log_group_arns=[group.arn for group in holdings.logs.groups.values()],
        )
        return Permissions(
            args.keep.logical("permissions"),
            PermissionsArgs(
                keep=args.keep,
                identity=holdings.identity,
                cluster_name=args.ground.cluster.name,
                statements={each.value: found for each, found in workload_statements(args.keep, resources).items()},
                bound={each.value: workload_account(args.keep, each) for each in Workload},
            ),
            opts=self._child,
        )

    def _open(self) -> Entry:
        args, holdings = self._args, self._args.holdings
        return Entry(
            args.keep.logical("entry"),
            EntryArgs(
                keep=args.keep,
                network=args.ground.network,
                principal_arns=args.entry_principal_arns,
                notification_topic_arn=holdings.alerts.topic_arn,
                access_logs=holdings.storage.bucket(BucketRole.ACCESS_LOGS),
                target_security_group_id=args.ground.node_security_group_id,
                protect=args.protect,
            ),
            opts=self._child,
        )

    def _reach_kubernetes(self) -> KubernetesAccess:
        args = self._args
        return KubernetesAccess(
            args.keep.logical("kubernetes"),
            KubernetesAccessArgs(keep=args.keep, cluster=args.ground.cluster, after=args.ground.ready),
            opts=self._child,
        )

    def _watch(self) -> Observability:
        args, queues = self._args, self._args.holdings.queues.queues
        entry = entry_alarms(self.entry.load_balancer_arn_suffix, self.entry.target_group_arn_suffix)
        return Observability(
            args.keep.logical("observability"),
            ObservabilityArgs(
                keep=args.keep,
                slo=args.slo,
                budget=args.budget,
                topic_arn=args.holdings.alerts.topic_arn,
                queues=list(queues.values()),
                service_alarms=[*service_alarms(args.keep, args.slo), *entry],
                alarms=[
                    *freshness_alarms(args.keep, args.slo),
                    *record_alarms(args.keep),
                    *(alarm for queue in queues.values() for alarm in queue_alarms(queue, args.slo)),
                    *args.ground.alarms,
                ],
                domain_name=args.ground.index_domain_name,
                own_account=args.own_account,
            ),
            opts=self._child,
        )
