"""The infrastructure that a keep runs on: its own, or a platform's that it shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.bucket_ref import BucketRef
from components.compute.cluster_ref import ClusterRef
from components.compute.compute import Compute, ComputeArgs
from components.identity.workload import Operator
from components.keep.keep_args import InfrastructureArgs
from components.keep.keep_network import keep_network, reaches_internet
from components.keys.key_ring import KeyRing
from components.naming import DataClass
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
            protect=args.protect,
            opts=opts,
        )
        firewall = ClusterFirewallArgs(keep=keep, network=self.network, internet=reaches_internet(args.network))
        self.firewall = ClusterFirewall(keep.logical("firewall"), firewall, opts=opts)

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

    def create_index(
        self,
        compute: Compute,
        snapshots: BucketRef,
        *,
        writer_role_arns: Sequence[pulumi.Input[str]],
        reader_role_arns: Sequence[pulumi.Input[str]],
        makes_service_role: bool = False,
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
            makes_service_role=makes_service_role,
            protect=args.protect,
        )
        return VectorIndex(args.keep.logical("index"), index, opts=self._opts)

    def watched_domain(self, index: VectorIndex) -> WatchedDomain:
        """The domain, for its alarms and its dashboard."""
        keep, search = self._args.keep, self._args.search
        return WatchedDomain(name=index.domain_name, account_id=keep.account_id, volume_gib=search.volume_gib)
