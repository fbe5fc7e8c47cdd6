"""A region's shared platform for pooled keeps: network, cluster, node pools, search domain, registry, audit."""

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from codekeep_contracts.roles import BucketRole
from codekeep_contracts.search_administration import SEARCH_ROLES_IMAGE

from components.arns import arn, role_arn
from components.compute.compute import Compute
from components.compute.kubernetes_access import KubernetesAccessArgs, cluster_provider
from components.identity.boundary import Boundary
from components.keep.infrastructure import InfrastructureBuilder
from components.keep.keep_audit import keep_audit
from components.keep.keep_keys import keep_keys
from components.keep.platform_args import PlatformArgs
from components.keep.platform_ref import PlatformRef
from components.naming import TAG_PREFIX, DataClass
from components.observe.alerts import Alerts, AlertsArgs
from components.observe.keep_alarms import domain_alarms
from components.observe.observability import Observability, ObservabilityArgs
from components.storage.image_registry import ImageRegistry, ImageRegistryArgs
from components.storage.storage import Storage, StorageArgs
from components.storage.vector_index import VectorIndex, snapshot_role_arn

STORED = (BucketRole.SNAPSHOTS, BucketRole.AUDIT)  # snapshots of the shared domain, and the trail; no other data


class Platform(pulumi.ComponentResource):
    """One per region and account. Pooled keeps build on its `ref`; its stack must export its `exports`."""

    ref: PlatformRef

    def __init__(self, name: str, args: PlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:platform:Platform", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        keep = args.keep

        self._keys = keep_keys(
            keep, args.keys, recovery_region=None, existing=args.existing, protect=args.protect, opts=self._child
        )
        self._builder = InfrastructureBuilder(args, self._keys, args.link_domains, self._child)
        alerts = AlertsArgs(keep=keep, key_arn=self._keys.arn(DataClass.LOG), emails=args.budget.notify)
        self._alerts = Alerts(keep.logical("alerts"), alerts, opts=self._child)
        self._storage = self._create_storage()
        boundary = Boundary(keep.logical("boundary"), keep, opts=self._child)
        compute = self._builder.create_cluster(boundary.arn, is_platform=True)
        index = self._create_index(compute)
        registry = ImageRegistryArgs(keep=keep, key_arn=self._keys.arn(DataClass.MODEL), protect=args.protect)
        images = ImageRegistry(keep.logical("images"), registry, opts=self._child)
        self._audit()
        self._watch(index)
        kubernetes = self._reach(compute)
        self._builder.administer_search(kubernetes)
        self._builder.create_controllers(compute, images.urls, kubernetes)

        self.ref = PlatformRef(
            network=self._builder.network,
            node_security_group_id=self._builder.firewall.node_group_id,
            cluster=compute.cluster.ref,
            index_endpoint=index.endpoint,
            index_domain_arn=index.arn,
            index_domain_name=pulumi.Output.from_input(index.domain_name),
            search_roles_image=pulumi.Output.concat(images.urls[SEARCH_ROLES_IMAGE], "@", args.search_roles_image),
            image_urls=images.urls,
        )
        self.register_outputs({"platform": self.exports()})

    def exports(self) -> dict[str, Any]:
        """The stack's output `platform`, which PlatformRef.of reads."""
        return self.ref.exports()

    def _reach(self, compute: Compute) -> kubernetes.Provider:
        """Pulumi's access to the cluster; the keeps on it have their own."""
        after = (compute.deployer_access, *self._builder.deployer_way)
        access = KubernetesAccessArgs(
            keep=self._args.keep, cluster=compute.cluster.ref, after=after, reach=self._args.reach_api
        )
        return cluster_provider(self._args.keep.logical("kubernetes"), access, opts=self._child)

    def _create_storage(self) -> Storage:
        args = self._args
        storage = StorageArgs(
            keep=args.keep,
            keys=self._keys,
            retention_days=args.retention_days,
            vpc_endpoint_ids=(self._builder.network.s3_endpoint_id,),
            service_role_arns={BucketRole.SNAPSHOTS: [snapshot_role_arn(args.keep)]},
            always=STORED,
            audit_lock_mode=args.audit_lock_mode,
            protect=args.protect,
        )
        return Storage(args.keep.logical("storage"), storage, opts=self._child)

    def _create_index(self, compute: Compute) -> VectorIndex:
        """The domain admits the account, and each keep's roles name the one path that is theirs."""
        account = [role_arn("*", self._args.keep.account_id, self._args.keep.region)]
        snapshots = self._storage.bucket(BucketRole.SNAPSHOTS)
        return self._builder.create_index(compute, snapshots, writer_role_arns=account, reader_role_arns=account)

    def _audit(self) -> None:
        """One trail for all keeps of the account: AWS allows five per region."""
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

    def _watch(self, index: VectorIndex) -> None:
        args = self._args
        observability = ObservabilityArgs(
            keep=args.keep,
            slo=args.slo,
            budget=args.budget,
            topic_arn=self._alerts.topic_arn,
            queues=(),
            service_alarms=domain_alarms(self._builder.watched_domain(index)),
            alarms=(),
            domain_name=index.domain_name,
        )
        Observability(args.keep.logical("observability"), observability, opts=self._child)
