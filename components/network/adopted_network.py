"""A network that exists already: the customer's VPC, which is given endpoints, logs and DNS rules but no routes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2

from components.naming import Keep
from components.network.dns_firewall import DnsFirewall, DnsFirewallArgs
from components.network.endpoints import INTERFACE_SERVICES, PrivateEndpoints, PrivateEndpointsArgs
from components.network.traffic_logs import TrafficLogs, TrafficLogsArgs


@dataclass(frozen=True, kw_only=True)
class AdoptedNetworkArgs:
    """`subnet_ids` are private subnets of the VPC, one per zone in the order of `zones`.

    The VPC's owner answers for its routes; `domains` are what may be resolved besides AWS's names.
    """

    keep: Keep
    vpc_id: str
    subnet_ids: tuple[str, ...]
    zones: tuple[str, ...]
    audit_key_arn: pulumi.Input[str]
    audit_retention_days: int
    domains: tuple[str, ...] = ()
    services: Mapping[str, str] = field(default_factory=lambda: INTERFACE_SERVICES)
    protect: bool = False

    def __post_init__(self) -> None:
        if len(self.subnet_ids) != len(self.zones):
            raise ValueError(
                f"subnet_ids must name one subnet per zone, got {len(self.subnet_ids)} for {', '.join(self.zones)}"
            )
        if len(set(self.subnet_ids)) != len(self.subnet_ids):
            raise ValueError(f"subnet_ids must differ, got {', '.join(self.subnet_ids)}")


class AdoptedNetwork(pulumi.ComponentResource):
    """The same outputs as Network, over a VPC of the customer's. A NetworkLike."""

    vpc_id: pulumi.Output[str]
    cidr: pulumi.Output[str]
    zones: Sequence[str]
    private_subnet_ids: Sequence[pulumi.Output[str]]
    endpoint_subnet_ids: Sequence[pulumi.Output[str]]
    private_cidrs: Sequence[pulumi.Output[str]]
    endpoint_cidrs: Sequence[pulumi.Output[str]]
    route_table_ids: Sequence[pulumi.Output[str]]
    endpoint_security_group_id: pulumi.Output[str]
    s3_endpoint_id: pulumi.Output[str]
    interface_endpoint_ids: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: AdoptedNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:adopted_network:AdoptedNetwork", name, None, opts)
        self._name, self._args = name, args
        self.zones = args.zones

        self._look_up()
        endpoints = self._reach_aws()
        self._limit_names()
        self._record_traffic()

        self.endpoint_security_group_id = endpoints.security_group_id
        self.s3_endpoint_id = endpoints.s3_endpoint_id
        self.interface_endpoint_ids = endpoints.interface_endpoint_ids
        self.register_outputs({"vpcId": self.vpc_id, "privateSubnetIds": self.private_subnet_ids})

    def _look_up(self) -> None:
        args = self._args
        within = pulumi.InvokeOutputOptions(parent=self)
        self.vpc_id = pulumi.Output.from_input(args.vpc_id)
        self.cidr = ec2.get_vpc_output(id=args.vpc_id, opts=within).cidr_block
        subnets = [
            _checked(ec2.get_subnet_output(id=subnet, opts=within), args.vpc_id, zone)
            for subnet, zone in zip(args.subnet_ids, args.zones, strict=True)
        ]
        self.private_subnet_ids = [subnet.id for subnet in subnets]
        self.private_cidrs = [subnet.cidr_block for subnet in subnets]
        self.endpoint_subnet_ids, self.endpoint_cidrs = self.private_subnet_ids, self.private_cidrs
        self.route_table_ids = [
            ec2.get_route_table_output(subnet_id=subnet, opts=within).route_table_id for subnet in args.subnet_ids
        ]

    def _reach_aws(self) -> PrivateEndpoints:
        args = self._args
        return PrivateEndpoints(
            f"{self._name}-endpoint",
            PrivateEndpointsArgs(
                keep=args.keep,
                vpc_id=self.vpc_id,
                cidr=self.cidr,
                subnet_ids=self.endpoint_subnet_ids,
                route_table_ids=self.route_table_ids,
                services=args.services,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _limit_names(self) -> None:
        args = self._args
        DnsFirewall(
            f"{self._name}-dns",
            DnsFirewallArgs(keep=args.keep, vpc_id=self.vpc_id, domains=args.domains, protect=args.protect),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _record_traffic(self) -> None:
        args = self._args
        TrafficLogs(
            f"{self._name}-logs",
            TrafficLogsArgs(
                keep=args.keep,
                vpc_id=self.vpc_id,
                key_arn=args.audit_key_arn,
                retention_days=args.audit_retention_days,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _checked(subnet: pulumi.Output[ec2.GetSubnetResult], vpc_id: str, zone: str) -> pulumi.Output[ec2.GetSubnetResult]:
    """The subnet, once it is known to be what the spec says it is."""

    def check(found: ec2.GetSubnetResult) -> ec2.GetSubnetResult:
        if found.vpc_id != vpc_id:
            raise ValueError(
                f"subnet {found.id} lies in {found.vpc_id}, not in {vpc_id}; name one of that VPC's subnets"
            )
        if found.availability_zone != zone:
            raise ValueError(
                f"subnet {found.id} lies in {found.availability_zone}, not in {zone}; order subnets as zones"
            )
        if found.map_public_ip_on_launch:
            raise ValueError(f"subnet {found.id} gives out public addresses; name a private subnet of {zone}")
        return found

    return subnet.apply(check)
