"""A pooled keep: keys, buckets, queues, roles, links, entry and namespace of its own on a shared platform."""

from dataclasses import replace

import pulumi

from components.keep.keep_keys import keep_keys
from components.keep.keep_outputs import KeepOutputs
from components.keep.keep_resources import KeepResources, KeepResourcesArgs
from components.keep.platform_args import PooledTenantArgs
from components.keep.service import Service, ServiceArgs


class PooledTenant(pulumi.ComponentResource):
    """Everything that stores the keep's data is its own, except the search domain, where its indexes have its prefix.

    Two controls separate the keeps in the domain: the roles' policies name the prefix in the path, and the domain's
    own security maps the roles to the same prefix. The trail is the platform's and covers this keep's buckets.
    """

    outputs: KeepOutputs

    def __init__(self, name: str, args: PooledTenantArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:pooled_tenant:PooledTenant", name, None, opts)
        keep, platform, child = args.keep, args.platform, pulumi.ResourceOptions(parent=self)

        keys = keep_keys(
            keep, args.keys, recovery_region=None, existing=args.existing, protect=args.protect, opts=child
        )
        own = KeepResourcesArgs(args=args, keys=keys, network=platform.network, cluster_arn=platform.cluster.arn)
        resources = KeepResources(keep.logical("holdings"), own, opts=child)
        serving = ServiceArgs(args=args, keys=keys, resources=resources, infrastructure=platform)
        service = Service(keep.logical("service"), serving, opts=child)

        outputs = KeepOutputs.of(keep, keys, resources, service, platform)
        self.outputs = replace(outputs, search_roles_image=platform.search_roles_image)
        self.register_outputs(self.outputs.summary())
