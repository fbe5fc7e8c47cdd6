"""A pooled keep: keys, buckets, queues, roles, links, entry and namespace of its own on a shared platform."""

import pulumi

from components.keep.holdings import Holdings, HoldingsArgs
from components.keep.keep_keys import keep_keys
from components.keep.keep_outputs import KeepOutputs
from components.keep.platform_args import PooledTenantArgs
from components.keep.service import Ground, Service, ServiceArgs


class PooledTenant(pulumi.ComponentResource):
    """Nothing that holds this keep's data is shared but the search domain, where its indexes have their own prefix.

    Two fences stand around them: the roles' policies name the prefix in the path, and the domain's own security maps
    the roles to the same prefix. The trail is the platform's and takes in this keep's buckets.
    """

    outputs: KeepOutputs

    def __init__(self, name: str, args: PooledTenantArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:pooled_tenant:PooledTenant", name, None, opts)
        keep, platform, child = args.keep, args.platform, pulumi.ResourceOptions(parent=self)

        keys = keep_keys(keep, args.keys, recovery_region=None, protect=args.protect, opts=child)
        holdings = Holdings(
            keep.logical("holdings"),
            HoldingsArgs.of(args, keys=keys, network=platform.network, cluster_arn=platform.cluster.arn),
            opts=child,
        )
        ground = Ground(
            network=platform.network,
            node_security_group_id=platform.node_security_group_id,
            cluster=platform.cluster,
            index_domain_arn=platform.index_domain_arn,
        )
        service = Service(
            keep.logical("service"), ServiceArgs.of(args, keys=keys, holdings=holdings, ground=ground), opts=child
        )

        self.outputs = KeepOutputs.of(
            keep,
            keys,
            holdings,
            service,
            network=platform.network,
            cluster_name=platform.cluster.name,
            index_endpoint=platform.index_endpoint,
            image_urls=platform.image_urls,
        )
        self.register_outputs(self.outputs.summary())
