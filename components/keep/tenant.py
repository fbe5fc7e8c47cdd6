"""The environment of a dedicated or premium keep: everything from the network up is its own."""

import pulumi
from codekeep_contracts.roles import BucketRole

from components.compute.cluster import cluster_arn
from components.compute.compute import Compute, ComputeArgs
from components.identity.workload import Workload
from components.keep.holdings import Holdings, HoldingsArgs
from components.keep.keep_audit import keep_audit, object_prefixes, own_account_defaults
from components.keep.keep_index import keep_index
from components.keep.keep_keys import keep_keys
from components.keep.keep_network import keep_network, reaches_internet
from components.keep.keep_outputs import KeepOutputs
from components.keep.keep_recovery import keep_recovery
from components.keep.service import Ground, Service, ServiceArgs
from components.keep.tenant_args import TenantEnvironmentArgs
from components.naming import DataClass
from components.network.cluster_firewall import ClusterFirewall, ClusterFirewallArgs
from components.observe.keep_alarms import WatchedDomain, domain_alarms
from components.storage.image_registry import ImageRegistry, ImageRegistryArgs
from components.storage.vector_index import VectorIndex

SEARCHERS = (Workload.GATEWAY, Workload.REVIEWER, Workload.EVALS)


class TenantEnvironment(pulumi.ComponentResource):
    """A keep of its own, from one spec."""

    outputs: KeepOutputs

    def __init__(self, name: str, args: TenantEnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:tenant:TenantEnvironment", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)

        self._lay_ground()
        self._hold()
        self._compute = self._build_cluster()
        self._index = self._build_index()
        images = self._register_images()
        self.recovery = keep_recovery(args, self._keys, self._holdings.storage, opts=self._child)
        self._audit()
        service = self._serve()

        self.outputs = KeepOutputs.of(
            args.keep,
            self._keys,
            self._holdings,
            service,
            network=self._network,
            cluster_name=self._compute.cluster.name,
            index_endpoint=self._index.endpoint,
            image_urls=images.urls,
        )
        self.register_outputs(self.outputs.summary())

    def _lay_ground(self) -> None:
        args, keep = self._args, self._args.keep
        self._keys = keep_keys(
            keep, args.keys, recovery_region=args.recovery_region, protect=args.protect, opts=self._child
        )
        if args.own_account:
            own_account_defaults(keep, self._keys, opts=self._child)
        self._network = keep_network(
            keep,
            args.network,
            keys=self._keys,
            retention_days=args.retention_days,
            link_domains=args.link_domains,
            protect=args.protect,
            opts=self._child,
        )
        firewall = ClusterFirewallArgs(keep=keep, network=self._network, internet=reaches_internet(args.network))
        self._firewall = ClusterFirewall(keep.logical("firewall"), firewall, opts=self._child)

    def _hold(self) -> None:
        args, cluster = self._args, cluster_arn(self._args.keep)
        holdings = HoldingsArgs.of(args, keys=self._keys, network=self._network, cluster_arn=cluster)
        self._holdings = Holdings(args.keep.logical("holdings"), holdings, opts=self._child)

    def _build_cluster(self) -> Compute:
        args = self._args
        compute = ComputeArgs(
            keep=args.keep,
            network=self._network,
            firewall=self._firewall,
            keys=self._keys,
            boundary_arn=self._holdings.boundary.arn,
            pools=args.pools,
            log_retention_days=args.retention_days[DataClass.AUDIT],
            access=args.cluster_access,
            protect=args.protect,
        )
        return Compute(args.keep.logical("compute"), compute, opts=self._child)

    def _build_index(self) -> VectorIndex:
        args, roles = self._args, self._holdings.identity.role_arns
        return keep_index(
            args.keep,
            args.search,
            keys=self._keys,
            network=self._network,
            node_group_id=self._firewall.node_group_id,
            snapshots=self._holdings.storage.bucket(BucketRole.SNAPSHOTS),
            compute=self._compute,
            writer_role_arns=[roles[Workload.INDEXER.value]],
            reader_role_arns=[roles[each.value] for each in SEARCHERS],
            retention_days=args.retention_days,
            makes_service_role=args.own_account,
            protect=args.protect,
            opts=self._child,
        )

    def _register_images(self) -> ImageRegistry:
        args, region = self._args, self._args.recovery_region
        registry = ImageRegistryArgs(
            keep=args.keep,
            key_arn=self._keys.arn(DataClass.MODEL),
            recovery_region=region,
            replica_key_arn=self._keys.replica_arn(DataClass.MODEL) if region else None,
            protect=args.protect,
        )
        return ImageRegistry(args.keep.logical("images"), registry, opts=self._child)

    def _audit(self) -> None:
        args, storage, topic = self._args, self._holdings.storage, self._holdings.alerts.topic_arn
        copies = self.recovery.buckets if self.recovery else {}
        recorded = object_prefixes([*storage.buckets.values(), *copies.values()])
        audit = storage.bucket(BucketRole.AUDIT)
        keep_audit(args, self._keys, audit, topic, recorded, regions=args.allowed_regions, opts=self._child)

    def _serve(self) -> Service:
        args, domain = self._args, self._index.domain_name
        watched = WatchedDomain(name=domain, account_id=args.keep.account_id, volume_gib=args.search.volume_gib)
        ground = Ground(
            network=self._network,
            node_security_group_id=self._firewall.node_group_id,
            cluster=self._compute.cluster,
            index_domain_arn=self._index.arn,
            index_domain_name=domain,
            alarms=domain_alarms(watched),
            ready=(self._compute.deployer_access,),
        )
        return Service(
            args.keep.logical("service"),
            ServiceArgs.of(args, keys=self._keys, holdings=self._holdings, ground=ground),
            opts=self._child,
        )
