"""The ground that the pooled keeps of a region share: network, cluster, node pools, search domain, registry, audit."""

from typing import Any

import pulumi
from codekeep_contracts.roles import BucketRole

from components.arns import arn, root_arn
from components.compute.cluster_like import ClusterRef
from components.compute.compute import Compute, ComputeArgs
from components.identity.boundary import Boundary
from components.keep.keep_audit import keep_audit
from components.keep.keep_index import keep_index
from components.keep.keep_keys import keep_keys
from components.keep.keep_network import keep_network, reaches_internet
from components.keep.platform_args import PlatformArgs
from components.keep.platform_ref import PlatformNetwork, PlatformRef
from components.naming import TAG_PREFIX, DataClass
from components.network.cluster_firewall import ClusterFirewall, ClusterFirewallArgs
from components.observe.alerts import Alerts, AlertsArgs
from components.observe.keep_alarms import WatchedDomain, domain_alarms
from components.observe.observability import Observability, ObservabilityArgs
from components.storage.image_registry import ImageRegistry, ImageRegistryArgs
from components.storage.storage import Storage, StorageArgs
from components.storage.vector_index import VectorIndex, snapshot_role_arn

HELD = (BucketRole.SNAPSHOTS, BucketRole.AUDIT)  # snapshots of the shared domain, and the trail; no keep's data beside


class Platform(pulumi.ComponentResource):
    """One per region and account. Its `ref` is what pooled keeps build on, its `exports` what its stack must export."""

    ref: PlatformRef

    def __init__(self, name: str, args: PlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:platform:Platform", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)

        self._lay_ground()
        self._storage = self._hold()
        self._compute = self._build_cluster()
        self._index = self._build_index()
        images = ImageRegistry(
            args.keep.logical("images"),
            ImageRegistryArgs(keep=args.keep, key_arn=self._keys.arn(DataClass.MODEL), protect=args.protect),
            opts=self._child,
        )
        self._audit()
        self._watch()

        self.ref = self._reference(images)
        self.register_outputs({"platform": self.exports()})

    def exports(self) -> dict[str, Any]:
        """For the stack's output `platform`, which PlatformRef.of reads."""
        return self.ref.exports()

    def _lay_ground(self) -> None:
        args, keep = self._args, self._args.keep
        self._keys = keep_keys(keep, args.keys, recovery_region=None, protect=args.protect, opts=self._child)
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
        alerts = AlertsArgs(keep=keep, key_arn=self._keys.arn(DataClass.LOG), emails=args.budget.notify)
        self._alerts = Alerts(keep.logical("alerts"), alerts, opts=self._child)

    def _hold(self) -> Storage:
        args = self._args
        storage = StorageArgs(
            keep=args.keep,
            keys=self._keys,
            retention_days=args.retention_days,
            vpc_endpoint_ids=(self._network.s3_endpoint_id,),
            service_role_arns={BucketRole.SNAPSHOTS: [snapshot_role_arn(args.keep)]},
            always=HELD,
            audit_lock_mode=args.audit_lock_mode,
            protect=args.protect,
        )
        return Storage(args.keep.logical("storage"), storage, opts=self._child)

    def _build_cluster(self) -> Compute:
        args, keep = self._args, self._args.keep
        boundary = Boundary(keep.logical("boundary"), keep, opts=self._child)
        compute = ComputeArgs(
            keep=keep,
            network=self._network,
            firewall=self._firewall,
            keys=self._keys,
            boundary_arn=boundary.arn,
            pools=args.pools,
            log_retention_days=args.retention_days[DataClass.AUDIT],
            access=args.cluster_access,
            hosts_others=True,
            protect=args.protect,
        )
        return Compute(keep.logical("compute"), compute, opts=self._child)

    def _build_index(self) -> VectorIndex:
        """The domain lets the account in, and each keep's roles name the one path that is theirs."""
        args = self._args
        account = [root_arn(args.keep.account_id, args.keep.region)]
        return keep_index(
            args.keep,
            args.search,
            keys=self._keys,
            network=self._network,
            node_group_id=self._firewall.node_group_id,
            snapshots=self._storage.bucket(BucketRole.SNAPSHOTS),
            compute=self._compute,
            writer_role_arns=account,
            reader_role_arns=account,
            retention_days=args.retention_days,
            makes_service_role=False,
            protect=args.protect,
            opts=self._child,
        )

    def _audit(self) -> None:
        """One trail for all keeps of the account: a region takes five."""
        args, audit = self._args, self._storage.bucket(BucketRole.AUDIT)
        every_keep = arn("s3", f"{TAG_PREFIX}-", region=args.keep.region, regional=False)
        keep_audit(
            args,
            self._keys,
            audit,
            self._alerts.topic_arn,
            [every_keep],
            regions=(args.keep.region,),
            unrecorded=[audit.arn, self._storage.bucket(BucketRole.ACCESS_LOGS).arn],
            opts=self._child,
        )

    def _watch(self) -> None:
        args, domain = self._args, self._index.domain_name
        watched = WatchedDomain(name=domain, account_id=args.keep.account_id, volume_gib=args.search.volume_gib)
        observability = ObservabilityArgs(
            keep=args.keep,
            slo=args.slo,
            budget=args.budget,
            topic_arn=self._alerts.topic_arn,
            queues=(),
            service_alarms=domain_alarms(watched),
            alarms=(),
            domain_name=domain,
        )
        Observability(args.keep.logical("observability"), observability, opts=self._child)

    def _reference(self, images: ImageRegistry) -> PlatformRef:
        network, cluster = self._network, self._compute.cluster
        return PlatformRef(
            network=PlatformNetwork.of(network),
            node_security_group_id=self._firewall.node_group_id,
            cluster=ClusterRef(name=cluster.name, arn=cluster.arn, endpoint=cluster.endpoint, ca=cluster.ca),
            index_endpoint=self._index.endpoint,
            index_domain_arn=self._index.arn,
            index_domain_name=pulumi.Output.from_input(self._index.domain_name),
            image_urls=images.urls,
        )
