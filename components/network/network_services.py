"""Services of every network of a keep, adopted ones included: endpoints of AWS, DNS rules and traffic logs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.network.dns_firewall import DnsFirewall, DnsFirewallArgs
from components.network.endpoints import INTERFACE_SERVICES, PrivateEndpoints, PrivateEndpointsArgs
from components.network.traffic_logs import TrafficLogs, TrafficLogsArgs


@dataclass(frozen=True, kw_only=True)
class NetworkServicesArgs:
    """`link_domains` are the hosts behind private links, which must resolve whatever the egress.

    `keys` are those of the network's region.
    """

    keep: Keep
    keys: KeyRing
    retention_days: Mapping[DataClass, int]
    link_domains: tuple[str, ...] = ()
    services: Mapping[str, str] = field(default_factory=lambda: INTERFACE_SERVICES)
    protect: bool = False  # AWS refuses to delete firewalls and their rules
    region: str | None = None  # None: the keep's own


def add_network_services(
    name: str,
    args: NetworkServicesArgs,
    *,
    vpc_id: pulumi.Input[str],
    cidr: pulumi.Input[str],
    subnet_ids: Sequence[pulumi.Input[str]],
    route_table_ids: Sequence[pulumi.Input[str]],
    egress_domains: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> PrivateEndpoints:
    """Creates the three as children of the network; endpoints get an interface in each of `subnet_ids`."""
    keep, region = args.keep, args.region
    logs = TrafficLogsArgs(
        keep=keep,
        vpc_id=vpc_id,
        key_arn=args.keys.arn(DataClass.AUDIT),
        retention_days=args.retention_days[DataClass.AUDIT],
        region=region,
    )
    TrafficLogs(f"{name}-logs", logs, opts=opts)
    domains = (*args.link_domains, *egress_domains)
    dns = DnsFirewallArgs(
        keep=keep,
        vpc_id=vpc_id,
        domains=domains,
        services=tuple(args.services),
        protect=args.protect,
        region=region,
    )
    DnsFirewall(f"{name}-dns", dns, opts=opts)
    endpoints = PrivateEndpointsArgs(
        keep=keep,
        vpc_id=vpc_id,
        cidr=cidr,
        subnet_ids=subnet_ids,
        route_table_ids=route_table_ids,
        services=args.services,
        region=region,
    )
    return PrivateEndpoints(f"{name}-endpoint", endpoints, opts=opts)
