"""The network of a keep as its plan wants it: one of its own, or a VPC that exists already."""

from collections.abc import Mapping

import pulumi

from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.network.adopted_network import AdoptedNetwork, AdoptedNetworkArgs
from components.network.egress import EgressMode
from components.network.network import Network, NetworkArgs
from components.network.network_like import NetworkLike
from components.network.network_plan import AdoptedNetworkPlan, NetworkPlan


def keep_network(
    keep: Keep,
    plan: NetworkPlan | AdoptedNetworkPlan,
    *,
    keys: KeyRing,
    retention_days: Mapping[DataClass, int],
    link_domains: tuple[str, ...],
    protect: bool,
    opts: pulumi.ResourceOptions,
) -> NetworkLike:
    """`link_domains` are the hosts behind private links, which must resolve whatever the egress."""
    name = keep.logical("network")
    if isinstance(plan, NetworkPlan):
        return Network(
            name,
            NetworkArgs(
                keep=keep,
                cidr=plan.cidr,
                zones=plan.zones,
                log_key_arn=keys.arn(DataClass.LOG),
                audit_key_arn=keys.arn(DataClass.AUDIT),
                audit_retention_days=retention_days[DataClass.AUDIT],
                log_retention_days=retention_days[DataClass.LOG],
                egress=plan.egress,
                link_domains=link_domains,
                protect=protect,
            ),
            opts=opts,
        )
    return AdoptedNetwork(
        name,
        AdoptedNetworkArgs(
            keep=keep,
            vpc_id=plan.vpc_id,
            subnet_ids=plan.subnet_ids,
            zones=plan.zones,
            audit_key_arn=keys.arn(DataClass.AUDIT),
            audit_retention_days=retention_days[DataClass.AUDIT],
            domains=(*link_domains, *plan.egress.dns_domains),
            protect=protect,
        ),
        opts=opts,
    )


def reaches_internet(plan: NetworkPlan | AdoptedNetworkPlan) -> bool:
    """Whether the nodes may talk to the allow-list's hosts."""
    return plan.egress.mode is not EgressMode.NONE
