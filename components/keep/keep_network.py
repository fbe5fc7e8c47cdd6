"""The network of a keep as planned: its own, or an existing VPC."""

from collections.abc import Mapping

import pulumi

from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.network.adopted_network import AdoptedNetwork, AdoptedNetworkArgs
from components.network.egress import EgressMode
from components.network.network import Network, NetworkArgs
from components.network.network_plan import AdoptedNetworkPlan, NetworkPlan
from components.network.network_ref import NetworkRef


def keep_network(
    keep: Keep,
    plan: NetworkPlan | AdoptedNetworkPlan,
    *,
    keys: KeyRing,
    retention_days: Mapping[DataClass, int],
    link_domains: tuple[str, ...],
    api_cidrs: tuple[str, ...] = (),
    protect: bool,
    opts: pulumi.ResourceOptions,
) -> NetworkRef:
    """`link_domains` are the hosts behind private links, which must resolve whatever the egress.

    `api_cidrs` are the deployers' ranges; the owner of an adopted network answers for its access lists.
    """
    name = keep.logical("network")
    if isinstance(plan, NetworkPlan):
        own = NetworkArgs(
            keep=keep,
            plan=plan,
            keys=keys,
            retention_days=retention_days,
            link_domains=link_domains,
            api_cidrs=api_cidrs,
            protect=protect,
        )
        return Network(name, own, opts=opts).ref
    adopted = AdoptedNetworkArgs(
        keep=keep, plan=plan, keys=keys, retention_days=retention_days, link_domains=link_domains, protect=protect
    )
    return AdoptedNetwork(name, adopted, opts=opts).ref


def reaches_internet(plan: NetworkPlan | AdoptedNetworkPlan) -> bool:
    """Whether the nodes may connect to the hosts of the allow-list."""
    return plan.egress.mode is not EgressMode.NONE
