"""The environment of a dedicated or premium keep: all of its infrastructure is its own."""

from dataclasses import replace

import pulumi
from codekeep_contracts.roles import BucketRole

from components.compute.cluster import cluster_arn
from components.compute.compute import Compute
from components.compute.pool import PoolRole
from components.identity.workload_grants import SEARCHERS, WRITERS
from components.keep.infrastructure import Infrastructure, InfrastructureBuilder
from components.keep.keep_audit import keep_audit, object_prefixes
from components.keep.keep_keys import keep_keys
from components.keep.keep_outputs import KeepOutputs
from components.keep.keep_recovery import keep_recovery
from components.keep.keep_resources import KeepResources, KeepResourcesArgs
from components.keep.service import Service, ServiceArgs
from components.keep.tenant_args import TenantEnvironmentArgs
from components.naming import DataClass
from components.observe.account_defaults import AccountDefaults, AccountDefaultsArgs
from components.storage.image_registry import ImageRegistry, ImageRegistryArgs
from components.storage.vector_index import VectorIndex


class TenantEnvironment(pulumi.ComponentResource):
    """A keep with its own infrastructure, from one spec."""

    outputs: KeepOutputs

    def __init__(self, name: str, args: TenantEnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:tenant:TenantEnvironment", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        keep = args.keep

        self._keys = keep_keys(
            keep,
            args.keys,
            recovery_region=args.recovery_region,
            existing=args.existing,
            protect=args.protect,
            opts=self._child,
        )
        self._builder = InfrastructureBuilder(args, self._keys, args.link_domains, self._child)
        if args.own_account:
            key = self._keys.arn(DataClass.CODE)
            defaults = AccountDefaultsArgs(volume_key_arn=key, recovery_region=args.recovery_region)
            AccountDefaults(keep.logical("account"), defaults, opts=self._child)
        self._resources = self._create_resources()
        compute = self._builder.create_cluster(self._resources.boundary.arn)
        index = self._create_index(compute)
        images = self._create_registry()
        self.recovery = keep_recovery(args, self._keys, self._resources.storage, opts=self._child)
        self._audit()
        infrastructure = Infrastructure(
            network=self._builder.network,
            node_security_group_id=self._builder.firewall.node_group_id,
            cluster=compute.cluster.ref,
            index_endpoint=index.endpoint,
            index_domain_arn=index.arn,
            image_urls=images.urls,
        )
        service = self._serve(infrastructure, compute, index)
        administration = self._builder.administer_search(service.kubernetes.provider)
        controllers = self._builder.create_controllers(compute, images.urls, service.kubernetes.provider)

        outputs = KeepOutputs.of(keep, self._keys, self._resources, service, infrastructure)
        self.outputs = replace(
            outputs,
            search_administration=(administration,),
            controllers=(controllers,),
            model_nodes=compute.pools.of_role(PoolRole.GPU_SERVE),
        )
        self.register_outputs(self.outputs.summary())

    def _create_resources(self) -> KeepResources:
        args, cluster = self._args, cluster_arn(self._args.keep)
        own = KeepResourcesArgs(args=args, keys=self._keys, network=self._builder.network, cluster_arn=cluster)
        return KeepResources(args.keep.logical("holdings"), own, opts=self._child)

    def _create_index(self, compute: Compute) -> VectorIndex:
        roles = self._resources.identity.role_arns
        return self._builder.create_index(
            compute,
            self._resources.storage.bucket(BucketRole.SNAPSHOTS),
            writer_role_arns=[roles[each.value] for each in WRITERS],
            reader_role_arns=[roles[each.value] for each in SEARCHERS],
        )

    def _create_registry(self) -> ImageRegistry:
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
        args, storage, topic = self._args, self._resources.storage, self._resources.alerts.topic_arn
        copies = self.recovery.buckets if self.recovery else {}
        recorded = object_prefixes([*storage.buckets.values(), *copies.values()])
        audit = storage.bucket(BucketRole.AUDIT)
        keep_audit(args, self._keys, audit, topic, recorded, regions=args.allowed_regions, opts=self._child)

    def _serve(self, infrastructure: Infrastructure, compute: Compute, index: VectorIndex) -> Service:
        service = ServiceArgs(
            args=self._args,
            keys=self._keys,
            resources=self._resources,
            infrastructure=infrastructure,
            domain=self._builder.watched_domain(index),
            after=(compute.deployer_access, *self._builder.deployer_way),
        )
        return Service(self._args.keep.logical("service"), service, opts=self._child)
