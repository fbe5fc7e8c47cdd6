"""Connects a keep: links to the code, permissions of the workloads, entry, namespace, and observability."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import BucketRole

from components.compute.kubernetes_access import KubernetesAccess, KubernetesAccessArgs
from components.identity.identity import Permissions, PermissionsArgs
from components.identity.workload import Workload, workload_account
from components.identity.workload_grants import WorkloadResources, workload_statements
from components.keep.infrastructure import Infrastructure
from components.keep.keep_args import KeepArgs
from components.keep.keep_resources import KeepResources
from components.keys.key_ring import KeyRing
from components.keys.secret_slot import SecretSlot, SecretSlotArgs
from components.naming import DataClass
from components.network.entry import Entry, EntryArgs
from components.network.links import Links, LinksArgs
from components.observe.keep_alarms import (
    WatchedDomain,
    domain_alarms,
    entry_alarms,
    freshness_alarms,
    queue_alarms,
    record_alarms,
    service_alarms,
)
from components.observe.observability import Observability, ObservabilityArgs


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """`domain` is the search domain if it is the keep's own; the namespace is created after `after`."""

    args: KeepArgs
    keys: KeyRing
    resources: KeepResources
    infrastructure: Infrastructure
    domain: WatchedDomain | None = None
    after: Sequence[pulumi.CustomResource] = ()


class Service(pulumi.ComponentResource):
    """Links, permissions, entry, namespace, observability."""

    links: Links
    certificate: SecretSlot
    entry: Entry
    kubernetes: KubernetesAccess
    observability: Observability

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:service:Service", name, None, opts)
        self._args, self._keys, self._child = args.args, args.keys, pulumi.ResourceOptions(parent=self)
        self._keep, self._resources, self._infrastructure = args.args.keep, args.resources, args.infrastructure

        self.links = self._create_links()
        self.certificate = self._create_certificate()
        self._permit()
        self.entry = self._create_entry()
        access = KubernetesAccessArgs(
            keep=self._keep, cluster=args.infrastructure.cluster, after=args.after, reach=self._args.reach_api
        )
        self.kubernetes = KubernetesAccess(self._keep.logical("kubernetes"), access, opts=self._child)
        self.observability = self._watch(args.domain)

        self.register_outputs({"entryServiceName": self.entry.service_name, "namespace": self.kubernetes.namespace})

    def _create_links(self) -> Links:
        args = self._args
        links = LinksArgs(
            keep=self._keep,
            network=self._infrastructure.network,
            keys=self._keys,
            client_group_id=self._infrastructure.node_security_group_id,
            role_arns=self._resources.identity.role_arns,
            topic_arn=self._resources.alerts.topic_arn,
            git_links=args.git_links,
            registry_links=args.registry_links,
            recovery_region=args.recovery_region,
        )
        return Links(self._keep.logical("links"), links, opts=self._child)

    def _create_certificate(self) -> SecretSlot:
        """The gateway terminates TLS itself. The issuer of its certificate writes it here, and only it reads it."""
        certificate = SecretSlotArgs(
            keep=self._keep,
            label="gateway-certificate",
            description="Certificate of the gateway, its chain and its key, as PEM",
            keys=self._keys,
            reader_arns=[self._resources.identity.role_arns[Workload.GATEWAY.value]],
            vpc_endpoint_ids=(self._infrastructure.network.interface_endpoint_ids["secretsmanager"],),
            recovery_region=self._args.recovery_region,
        )
        return SecretSlot(self._keep.logical("gateway-certificate"), certificate, opts=self._child)

    def _permit(self) -> None:
        keep, own = self._keep, self._resources
        resources = WorkloadResources(
            buckets=own.storage.buckets,
            queues=own.queues.queues,
            index_domain_arn=self._infrastructure.index_domain_arn,
            git_token_arns=list(self.links.git_token_arns.values()),
            registry_token_arns=list(self.links.registry_token_arns.values()),
            webhook_secret_arns=list(self.links.webhook_secret_arns.values()),
            certificate_secret_arn=self.certificate.arn,
            secret_key_arn=self._keys.arn(DataClass.SECRET),
            audit_signing_key_arn=own.audit_signing.key_arn,
            log_group_arns=[group.arn for group in own.logs.groups.values()],
        )
        permissions = PermissionsArgs(
            keep=keep,
            identity=own.identity,
            cluster_name=self._infrastructure.cluster.name,
            statements={each.value: found for each, found in workload_statements(keep, resources).items()},
            bound={each.value: workload_account(keep, each) for each in Workload},
        )
        Permissions(keep.logical("permissions"), permissions, opts=self._child)

    def _create_entry(self) -> Entry:
        entry = EntryArgs(
            keep=self._keep,
            network=self._infrastructure.network,
            principal_arns=self._args.entry_principal_arns,
            notification_topic_arn=self._resources.alerts.topic_arn,
            access_logs=self._resources.storage.bucket(BucketRole.ACCESS_LOGS),
            target_security_group_id=self._infrastructure.node_security_group_id,
            protect=self._args.protect,
        )
        return Entry(self._keep.logical("entry"), entry, opts=self._child)

    def _watch(self, domain: WatchedDomain | None) -> Observability:
        keep, args, queues = self._keep, self._args, self._resources.queues.queues.values()
        entry = entry_alarms(self.entry.load_balancer_arn_suffix, self.entry.target_group_arn_suffix)
        observability = ObservabilityArgs(
            keep=keep,
            slo=args.slo,
            budget=args.budget,
            topic_arn=self._resources.alerts.topic_arn,
            queues=list(queues),
            service_alarms=[*service_alarms(keep, args.slo), *entry],
            alarms=[
                *freshness_alarms(keep, args.slo),
                *record_alarms(keep),
                *(alarm for queue in queues for alarm in queue_alarms(queue, args.slo)),
                *(domain_alarms(domain) if domain else ()),
            ],
            domain_name=domain.name if domain else None,
            own_account=args.own_account,
        )
        return Observability(keep.logical("observability"), observability, opts=self._child)
