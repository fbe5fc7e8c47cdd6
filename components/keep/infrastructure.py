"""The infrastructure that a keep runs on: its own, or a platform's that it shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.bucket_ref import BucketRef
from components.compute.cluster_ref import ClusterRef
from components.compute.compute import Compute, ComputeArgs
from components.compute.search_administration import SearchAdministration
from components.controllers.controllers import Controllers, ControllersArgs
from components.identity.workload import Operator
from components.keep.keep_args import InfrastructureArgs
from components.keep.keep_network import keep_network, reaches_internet
from components.keys.key_ring import KeyRing
from components.naming import DataClass
from components.network.api_access import TransitRoute
from components.network.cluster_firewall import ClusterFirewall, ClusterFirewallArgs
from components.network.network_ref import NetworkRef
from components.observe.keep_alarms import WatchedDomain
from components.storage.vector_index import VectorIndex, VectorIndexArgs


@dataclass(frozen=True, kw_only=True)
class Infrastructure:
    """Network, cluster, search domain and image registry."""

    network: NetworkRef
    node_security_group_id: pulumi.Output[str]
    cluster: ClusterRef
    index_endpoint: pulumi.Output[str]  # host name; HTTPS on 443
    index_domain_arn: pulumi.Output[str]
    image_urls: Mapping[str, pulumi.Output[str]]


class InfrastructureBuilder:
    """Creates the infrastructure of a keep or a platform as children of its component, network first."""

    def __init__(
        self, args: InfrastructureArgs, keys: KeyRing, link_domains: tuple[str, ...], opts: pulumi.ResourceOptions
    ) -> None:
        self._args, self._keys, self._opts = args, keys, opts
        keep = args.keep
        self.network = keep_network(
            keep,
            args.network,
            keys=keys,
            retention_days=args.retention_days,
            link_domains=link_domains,
            api_cidrs=args.api_access.cidrs,
            protect=args.protect,
            opts=opts,
        )
        routes: tuple[pulumi.CustomResource, ...] = ()
        if args.api_access.transit_gateway_id is not None:
            routes = TransitRoute(keep.logical("deployer-route"), keep, self.network, args.api_access, opts=opts).routes
        firewall = ClusterFirewallArgs(
            keep=keep,
            network=self.network,
            internet=reaches_internet(args.network),
            api_client_cidrs=args.api_access.cidrs,
        )
        self.firewall = ClusterFirewall(keep.logical("firewall"), firewall, opts=opts)
        self.deployer_way = (*routes, *self.firewall.api_clients)  # what uses the cluster must depend on it

    def create_cluster(self, boundary_arn: pulumi.Input[str], *, is_platform: bool = False) -> Compute:
        """`is_platform`: the cluster is a platform's, and serves the keeps on it."""
        args = self._args
        compute = ComputeArgs(
            keep=args.keep,
            network=self.network,
            firewall=self.firewall,
            keys=self._keys,
            boundary_arn=boundary_arn,
            pools=args.pools,
            log_retention_days=args.retention_days[DataClass.AUDIT],
            access=args.cluster_access,
            is_platform=is_platform,
            protect=args.protect,
        )
        return Compute(args.keep.logical("compute"), compute, opts=self._opts)

    def create_controllers(
        self, compute: Compute, images: Mapping[str, pulumi.Output[str]], provider: kubernetes.Provider
    ) -> Controllers:
        """The cluster's controllers, from the images in the keep's registry."""
        args = self._args
        controllers = ControllersArgs(
            keep=args.keep,
            cluster_name=compute.cluster.ref.name,
            network=self.network,
            images={
                name: pulumi.Output.concat(images[name], "@", digest)
                for name, digest in args.controller_digests.items()
            },
            after=compute.ready,
        )
        within = pulumi.ResourceOptions.merge(self._opts, pulumi.ResourceOptions(providers=[provider]))
        return Controllers(args.keep.logical("controllers"), controllers, opts=within)

    def create_index(
        self,
        compute: Compute,
        snapshots: BucketRef,
        *,
        writer_role_arns: Sequence[pulumi.Input[str]],
        reader_role_arns: Sequence[pulumi.Input[str]],
    ) -> VectorIndex:
        """The search domain: reached from the nodes, administered by the cluster's own operator."""
        args = self._args
        index = VectorIndexArgs(
            keep=args.keep,
            plan=args.search,
            network=self.network,
            keys=self._keys,
            retention_days=args.retention_days,
            admin_role_arn=compute.operator_role_arns[Operator.INDEX_ADMIN.value],
            writer_role_arns=writer_role_arns,
            reader_role_arns=reader_role_arns,
            client_security_group_ids={"nodes": self.firewall.node_group_id},
            snapshots=snapshots,
            service_roles=args.existing.service_roles,
            protect=args.protect,
        )
        return VectorIndex(args.keep.logical("index"), index, opts=self._opts)

    def administer_search(self, provider: kubernetes.Provider) -> SearchAdministration:
        """Where the domain's administrator works; what its pods need must depend on it."""
        name = self._args.keep.logical("search-administration")
        within = pulumi.ResourceOptions.merge(self._opts, pulumi.ResourceOptions(providers=[provider]))
        return SearchAdministration(name, self.network, opts=within)

    def watched_domain(self, index: VectorIndex) -> WatchedDomain:
        """The domain, for its alarms and its dashboard."""
        keep, search = self._args.keep, self._args.search
        return WatchedDomain(name=index.domain_name, account_id=keep.account_id, volume_gib=search.volume_gib)
