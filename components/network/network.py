"""A keep's own network: private subnets in two or three zones, endpoints of AWS, and egress only by allow-list."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import ec2

from components.naming import DataClass
from components.network.cidr_layout import CidrLayout, lay_out
from components.network.egress import Egress, EgressArgs, EgressMode
from components.network.endpoints import ANYWHERE, HTTPS
from components.network.network_plan import NetworkPlan
from components.network.network_ref import NetworkRef
from components.network.network_services import NetworkServicesArgs, add_network_services

HTTP = 80
EPHEMERAL_PORTS = (1024, 65_535)


@dataclass(frozen=True, kw_only=True)
class NetworkArgs(NetworkServicesArgs):
    """The network of the plan, in the keep's region or its recovery region."""

    plan: NetworkPlan
    api_cidrs: tuple[str, ...] = ()  # ranges from which deployers reach the cluster's API

    def __post_init__(self) -> None:
        _ = self.layout  # raises if the range does not fit
        zones = self.plan.zones
        if len(set(zones)) != len(zones):
            raise ValueError(f"zones must differ, got {', '.join(zones)}")
        if foreign := [zone for zone in zones if not zone.startswith(self.actual_region)]:
            raise ValueError(f"zones must be in {self.actual_region}, got {', '.join(foreign)}")
        if self.actual_region != self.keep.region and self.plan.egress.mode is not EgressMode.NONE:
            raise ValueError(
                f"the network in {self.actual_region} must have no egress: a recovery region's egress mode is none"
            )

    @property
    def actual_region(self) -> str:
        return self.region or self.keep.region

    @property
    def layout(self) -> CidrLayout:
        return lay_out(self.plan.cidr, len(self.plan.zones))


class Network(pulumi.ComponentResource):
    """VPC, subnets, endpoints, logs and DNS rules; with an allow-list, also the firewalled egress."""

    ref: NetworkRef
    egress_ips: Sequence[pulumi.Output[str]]  # seen by the internet; empty without egress

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:network:Network", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        plan, layout = args.plan, args.layout

        self._vpc = self._create_vpc()
        self._lock_defaults()
        tables = [self._table(f"private-{zone}") for zone in range(len(plan.zones))]
        private = self._subnets("private", layout.workloads, tables)
        inner = self._subnets("endpoints", layout.endpoints, [self._table("endpoints")] * len(plan.zones))
        endpoints = add_network_services(
            name,
            args,
            vpc_id=self._vpc.id,
            cidr=str(layout.vpc),
            subnet_ids=[subnet.id for subnet in inner],
            route_table_ids=[table.id for table in tables],
            egress_domains=plan.egress.dns_domains,
            opts=self._child,
        )
        egress = self._open_egress(tables)
        self._access_list(private, inner, egress.subnet_ids if egress else ())

        self.egress_ips = list(egress.public_ips) if egress else []
        self.ref = NetworkRef(
            vpc_id=self._vpc.id,
            cidr=self._vpc.cidr_block,
            zones=plan.zones,
            private_subnet_ids=[subnet.id for subnet in private],
            endpoint_subnet_ids=[subnet.id for subnet in inner],
            private_cidrs=[pulumi.Output.from_input(str(each)) for each in layout.workloads],
            endpoint_cidrs=[pulumi.Output.from_input(str(each)) for each in layout.endpoints],
            route_table_ids=[table.id for table in tables],
            endpoint_security_group_id=endpoints.security_group_id,
            s3_endpoint_id=endpoints.s3_endpoint_id,
            interface_endpoint_ids=endpoints.interface_endpoint_ids,
        )
        self.register_outputs(
            {
                "vpcId": self.ref.vpc_id,
                "privateSubnetIds": self.ref.private_subnet_ids,
                "endpointSubnetIds": self.ref.endpoint_subnet_ids,
                "egressIps": self.egress_ips,
            }
        )

    def _tags(self, label: str = "") -> dict[str, str]:
        name = f"{self._name}-{label}" if label else self._name
        return self._args.keep.tags(DataClass.CONFIG, region=self._args.region, name=name)

    def _create_vpc(self) -> ec2.Vpc:
        return ec2.Vpc(
            self._name,
            cidr_block=str(self._args.layout.vpc),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            enable_network_address_usage_metrics=True,
            region=self._args.region,
            tags=self._tags(),
            opts=self._child,
        )

    def _lock_defaults(self) -> None:
        """Empties the defaults that AWS creates: whatever forgets to choose a group or a table reaches nothing."""
        region, network, tags = self._args.region, self._vpc, self._tags("default-locked")
        name = f"{self._name}-default"
        ec2.DefaultSecurityGroup(
            name, vpc_id=network.id, ingress=[], egress=[], region=region, tags=tags, opts=self._child
        )
        ec2.DefaultNetworkAcl(
            name,
            default_network_acl_id=network.default_network_acl_id,
            ingress=[],
            egress=[],
            region=region,
            tags=tags,
            # AWS puts each new subnet here first; then the subnets' own list takes it over.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["subnetIds"]),
        )
        ec2.DefaultRouteTable(
            name,
            default_route_table_id=network.default_route_table_id,
            routes=[],
            region=region,
            tags=tags,
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
        # Where the cluster's load balancer controller may put internal load balancers.
        role = {"kubernetes.io/role/internal-elb": "1"} if purpose == "private" else {}
        subnets = []
        for index, (zone, network, table) in enumerate(zip(self._args.plan.zones, networks, tables, strict=True)):
            label = f"{purpose}-{index}"
            subnet = ec2.Subnet(
                f"{self._name}-{label}",
                vpc_id=self._vpc.id,
                availability_zone=zone,
                cidr_block=str(network),
                map_public_ip_on_launch=False,
                region=self._args.region,
                tags={**self._tags(label), **role},
                opts=self._child,
            )
            ec2.RouteTableAssociation(
                f"{self._name}-{label}",
                subnet_id=subnet.id,
                route_table_id=table.id,
                region=self._args.region,
                opts=self._child,
            )
            subnets.append(subnet)
        return subnets

    def _open_egress(self, tables: Sequence[ec2.RouteTable]) -> Egress | None:
        """Creates the egress; returns None with the mode none, so that there is not even a gateway to misuse."""
        args, layout = self._args, self._args.layout
        if args.plan.egress.mode is EgressMode.NONE:
            return None
        egress = EgressArgs(
            keep=args.keep,
            rules=args.plan.egress,
            vpc_id=self._vpc.id,
            zones=args.plan.zones,
            firewall_subnets=layout.firewalls,
            public_subnets=layout.publics,
            workload_subnets=layout.workloads,
            workload_route_table_ids=[table.id for table in tables],
            log_key_arn=args.keys.arn(DataClass.LOG),
            log_retention_days=args.retention_days[DataClass.LOG],
            protect=args.protect,
        )
        return Egress(f"{self._name}-egress", egress, opts=self._child)

    def _access_list(
        self,
        private: Sequence[ec2.Subnet],
        inner: Sequence[ec2.Subnet],
        egress_subnet_ids: Sequence[pulumi.Output[str]],
    ) -> None:
        """All traffic inside; outside, HTTPS and its answers, since S3 has public addresses; HTTPS from deployers."""
        inside = str(self._args.layout.vpc)
        first, last = EPHEMERAL_PORTS
        outward_ports = (HTTPS, HTTP) if egress_subnet_ids else (HTTPS,)
        subnets = [*(subnet.id for subnet in (*private, *inner)), *egress_subnet_ids]
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
                *(
                    ec2.NetworkAclIngressArgs(
                        rule_no=300 + index,
                        action="allow",
                        protocol="tcp",
                        cidr_block=cidr,
                        from_port=HTTPS,
                        to_port=HTTPS,
                    )
                    for index, cidr in enumerate(self._args.api_cidrs)
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
                *(
                    ec2.NetworkAclEgressArgs(
                        rule_no=300 + index,
                        action="allow",
                        protocol="tcp",
                        cidr_block=cidr,
                        from_port=first,
                        to_port=last,
                    )
                    for index, cidr in enumerate(self._args.api_cidrs)
                ),
            ],
            region=self._args.region,
            tags=self._tags("subnets"),
            opts=self._child,
        )
