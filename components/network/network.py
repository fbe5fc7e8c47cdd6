"""A keep's own network: private subnets in two or three zones, AWS by endpoints, and a way out only by allow-list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import ec2

from components.naming import DataClass, Keep
from components.network.cidr_layout import CidrLayout, lay_out
from components.network.dns_firewall import DnsFirewall, DnsFirewallArgs
from components.network.egress import ANYWHERE, Egress, EgressArgs, EgressMode, EgressRules
from components.network.endpoints import HTTPS, INTERFACE_SERVICES, PrivateEndpoints, PrivateEndpointsArgs
from components.network.traffic_logs import TrafficLogs, TrafficLogsArgs

HTTP = 80
EPHEMERAL_PORTS = (1024, 65_535)


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """`link_domains` are the hosts behind private links, which must resolve whatever the egress.

    `log_key_arn` and `audit_key_arn` are the keys of LOG and AUDIT in the network's region.
    """

    keep: Keep
    cidr: str
    zones: tuple[str, ...]  # names like eu-central-1a
    log_key_arn: pulumi.Input[str]
    audit_key_arn: pulumi.Input[str]
    audit_retention_days: int
    log_retention_days: int
    egress: EgressRules = field(default_factory=EgressRules)
    link_domains: tuple[str, ...] = ()
    services: Mapping[str, str] = field(default_factory=lambda: INTERFACE_SERVICES)
    protect: bool = False  # AWS refuses to delete firewalls and their rules
    region: str | None = None  # None: the keep's own

    def __post_init__(self) -> None:
        _ = self.layout  # raises where the range does not do
        if len(set(self.zones)) != len(self.zones):
            raise ValueError(f"zones must differ, got {', '.join(self.zones)}")
        if foreign := [zone for zone in self.zones if not zone.startswith(self.place)]:
            raise ValueError(f"zones must lie in {self.place}, got {', '.join(foreign)}")
        if self.place != self.keep.region and self.egress.mode is not EgressMode.NONE:
            raise ValueError(
                f"the network in {self.place} must have no way out: a recovery region's egress mode is none"
            )

    @property
    def place(self) -> str:
        return self.region or self.keep.region

    @property
    def layout(self) -> CidrLayout:
        return lay_out(self.cidr, len(self.zones))


class Network(pulumi.ComponentResource):
    """VPC, subnets, endpoints, logs and DNS rules; with an allow-list, the firewalled way out. A NetworkLike."""

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
    egress_ips: Sequence[pulumi.Output[str]]  # what the internet sees; empty without a way out

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:network:Network", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        self.zones = args.zones

        self._vpc = self._create_vpc()
        self._lock_defaults()
        self._record_traffic()
        tables = [self._table(f"private-{zone}") for zone in range(len(args.zones))]
        private = self._subnets("private", args.layout.workloads, tables)
        inner = self._subnets("endpoints", args.layout.endpoints, [self._table("endpoints")] * len(args.zones))
        endpoints = self._reach_aws(inner, tables)
        self._limit_names()
        ways_out = self._let_out(tables)
        self._admit(private, inner, ways_out)

        self.vpc_id = self._vpc.id
        self.cidr = self._vpc.cidr_block
        self.private_subnet_ids = [subnet.id for subnet in private]
        self.endpoint_subnet_ids = [subnet.id for subnet in inner]
        self.private_cidrs = [pulumi.Output.from_input(str(each)) for each in args.layout.workloads]
        self.endpoint_cidrs = [pulumi.Output.from_input(str(each)) for each in args.layout.endpoints]
        self.route_table_ids = [table.id for table in tables]
        self.endpoint_security_group_id = endpoints.security_group_id
        self.s3_endpoint_id = endpoints.s3_endpoint_id
        self.interface_endpoint_ids = endpoints.interface_endpoint_ids
        self.egress_ips = [address for way in ways_out for address in way.public_ips]
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "privateSubnetIds": self.private_subnet_ids,
                "endpointSubnetIds": self.endpoint_subnet_ids,
                "egressIps": self.egress_ips,
            }
        )

    def _tags(self, label: str = "") -> dict[str, str]:
        args = self._args
        return args.keep.tags(
            DataClass.CONFIG, region=args.region, name=f"{self._name}-{label}" if label else self._name
        )

    def _create_vpc(self) -> ec2.Vpc:
        args = self._args
        return ec2.Vpc(
            self._name,
            cidr_block=str(args.layout.vpc),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            enable_network_address_usage_metrics=True,
            region=args.region,
            tags=self._tags(),
            opts=self._child,
        )

    def _lock_defaults(self) -> None:
        """What AWS hands out unasked is emptied: whoever forgets to choose a group or a table reaches nothing."""
        args, network = self._args, self._vpc
        ec2.DefaultSecurityGroup(
            f"{self._name}-default",
            vpc_id=network.id,
            ingress=[],
            egress=[],
            region=args.region,
            tags=self._tags("default-locked"),
            opts=self._child,
        )
        ec2.DefaultNetworkAcl(
            f"{self._name}-default",
            default_network_acl_id=network.default_network_acl_id,
            ingress=[],
            egress=[],
            region=args.region,
            tags=self._tags("default-locked"),
            # AWS puts each new subnet here first; the subnets' own list then takes it over.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["subnetIds"]),
        )
        ec2.DefaultRouteTable(
            f"{self._name}-default",
            default_route_table_id=network.default_route_table_id,
            routes=[],
            region=args.region,
            tags=self._tags("default-locked"),
            opts=self._child,
        )

    def _record_traffic(self) -> None:
        args = self._args
        TrafficLogs(
            f"{self._name}-logs",
            TrafficLogsArgs(
                keep=args.keep,
                vpc_id=self._vpc.id,
                key_arn=args.audit_key_arn,
                retention_days=args.audit_retention_days,
                region=args.region,
            ),
            opts=self._child,
        )

    def _table(self, label: str) -> ec2.RouteTable:
        return ec2.RouteTable(
            f"{self._name}-{label}",
            vpc_id=self._vpc.id,
            region=self._args.region,
            tags=self._tags(label),
            opts=self._child,
        )

    def _subnets(
        self, purpose: str, networks: Sequence[IPv4Network], tables: Sequence[ec2.RouteTable]
    ) -> list[ec2.Subnet]:
        args = self._args
        # Where the cluster's load balancer controller may put internal load balancers.
        role = {"kubernetes.io/role/internal-elb": "1"} if purpose == "private" else {}
        subnets = [
            ec2.Subnet(
                f"{self._name}-{purpose}-{index}",
                vpc_id=self._vpc.id,
                availability_zone=zone,
                cidr_block=str(network),
                map_public_ip_on_launch=False,
                region=args.region,
                tags={**self._tags(f"{purpose}-{index}"), **role},
                opts=self._child,
            )
            for index, (zone, network) in enumerate(zip(args.zones, networks, strict=True))
        ]
        for index, (subnet, table) in enumerate(zip(subnets, tables, strict=True)):
            ec2.RouteTableAssociation(
                f"{self._name}-{purpose}-{index}",
                subnet_id=subnet.id,
                route_table_id=table.id,
                region=args.region,
                opts=self._child,
            )
        return subnets

    def _reach_aws(self, subnets: Sequence[ec2.Subnet], tables: Sequence[ec2.RouteTable]) -> PrivateEndpoints:
        args = self._args
        return PrivateEndpoints(
            f"{self._name}-endpoint",
            PrivateEndpointsArgs(
                keep=args.keep,
                vpc_id=self._vpc.id,
                cidr=str(args.layout.vpc),
                subnet_ids=[subnet.id for subnet in subnets],
                route_table_ids=[table.id for table in tables],
                services=args.services,
                region=args.region,
            ),
            opts=self._child,
        )

    def _limit_names(self) -> None:
        args = self._args
        DnsFirewall(
            f"{self._name}-dns",
            DnsFirewallArgs(
                keep=args.keep,
                vpc_id=self._vpc.id,
                domains=(*args.link_domains, *args.egress.dns_domains),
                protect=args.protect,
                region=args.region,
            ),
            opts=self._child,
        )

    def _let_out(self, tables: Sequence[ec2.RouteTable]) -> list[Egress]:
        """None or one: with the mode none there is not even a gateway to misuse."""
        args, layout = self._args, self._args.layout
        if args.egress.mode is EgressMode.NONE:
            return []
        out = Egress(
            f"{self._name}-egress",
            EgressArgs(
                keep=args.keep,
                rules=args.egress,
                vpc_id=self._vpc.id,
                zones=args.zones,
                firewall_subnets=layout.firewalls,
                public_subnets=layout.publics,
                workload_subnets=layout.workloads,
                workload_route_table_ids=[table.id for table in tables],
                log_key_arn=args.log_key_arn,
                log_retention_days=args.log_retention_days,
                protect=args.protect,
            ),
            opts=self._child,
        )
        return [out]

    def _admit(self, private: Sequence[ec2.Subnet], inner: Sequence[ec2.Subnet], ways_out: Sequence[Egress]) -> None:
        """Access list of the subnets: free inside; outside, HTTPS and its answers (S3's addresses are public ones)."""
        args, inside = self._args, str(self._args.layout.vpc)
        first, last = EPHEMERAL_PORTS
        outward_ports = (HTTPS, HTTP) if ways_out else (HTTPS,)
        subnets = [subnet.id for subnet in (*private, *inner)] + [each for way in ways_out for each in way.subnet_ids]
        ec2.NetworkAcl(
            f"{self._name}-subnets",
            vpc_id=self._vpc.id,
            subnet_ids=subnets,
            ingress=[
                ec2.NetworkAclIngressArgs(
                    rule_no=100, action="allow", protocol="-1", cidr_block=inside, from_port=0, to_port=0
                ),
                ec2.NetworkAclIngressArgs(
                    rule_no=200, action="allow", protocol="tcp", cidr_block=ANYWHERE, from_port=first, to_port=last
                ),
            ],
            egress=[
                ec2.NetworkAclEgressArgs(
                    rule_no=100, action="allow", protocol="-1", cidr_block=inside, from_port=0, to_port=0
                ),
                *(
                    ec2.NetworkAclEgressArgs(
                        rule_no=200 + index,
                        action="allow",
                        protocol="tcp",
                        cidr_block=ANYWHERE,
                        from_port=port,
                        to_port=port,
                    )
                    for index, port in enumerate(outward_ports)
                ),
            ],
            region=args.region,
            tags=self._tags("subnets"),
            opts=self._child,
        )
