"""A private connection to one service of the customer's: endpoint, security group, DNS name, and alarms."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2, route53

from components.naming import DataClass, Keep
from components.network.network_ref import NetworkRef
from components.network.security_group_rules import admit_clients
from components.observe.alarm import Alarm, Metric, create_alarm

PORTS_MAX = 4
LABEL_PATTERN = re.compile(r"^[a-z][a-z0-9-]{0,30}$")
HOST_PATTERN = re.compile(r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$")
SERVICE_PATTERN = re.compile(r"^(?:cn\.)?com\.amazonaws\.vpce\.[a-z0-9-]+\.vpce-svc-[0-9a-f]{8,17}$")

SIGNS_OF_LOSS = {"reset": "RstPacketsReceived", "dropped": "PacketsDropped"}


@dataclass(frozen=True, kw_only=True)
class PrivateLinkArgs:
    """`client_security_group_ids` maps a label ("ingest") to the security group of workloads that may connect."""

    keep: Keep
    label: str  # unique among the keep's links: "ghe"
    host: str
    service_name: str
    network: NetworkRef
    client_security_group_ids: Mapping[str, pulumi.Input[str]]
    ports: tuple[int, ...] = (443,)
    alarm_topic_arns: Sequence[pulumi.Input[str]] = field(default_factory=tuple)
    service_has_private_dns: bool = False  # the customer verified the host as the service's private DNS name
    allowed_regions: tuple[str, ...] = ()  # where the customer's service may be, besides the keep's own

    def __post_init__(self) -> None:
        if not LABEL_PATTERN.match(self.label):
            raise ValueError(f"label must be 1-31 lower-case letters, digits or hyphens, got {self.label!r}")
        if not HOST_PATTERN.match(self.host):
            raise ValueError(f"host must be a DNS name like git.example.com, got {self.host!r}")
        if not SERVICE_PATTERN.match(self.service_name):
            raise ValueError(
                f"service_name must be an endpoint service like "
                f"com.amazonaws.vpce.{self.keep.region}.vpce-svc-0123456789abcdef0, got {self.service_name!r}"
            )
        if self.service_region not in (self.keep.region, *self.allowed_regions):
            raise ValueError(
                f"service_name must be in {' or '.join((self.keep.region, *self.allowed_regions))}, got "
                f"{self.service_region}: code must not cross into a region the customer did not allow"
            )
        if not 1 <= len(self.ports) <= PORTS_MAX or len(set(self.ports)) != len(self.ports):
            raise ValueError(f"ports must be 1-{PORTS_MAX} different ones, got {list(self.ports)}")
        if wrong := [port for port in self.ports if not 1 <= port <= 65_535]:
            raise ValueError(f"ports must be 1-65535, got {wrong}")
        if not self.client_security_group_ids:
            raise ValueError("client_security_group_ids must name who may connect; a link for nobody is of no use")

    @property
    def service_region(self) -> str:
        """The region in the service's name; PrivateLink also reaches services of other regions."""
        return self.service_name.split("vpce.", 1)[1].split(".", 1)[0]


class PrivateLink(pulumi.ComponentResource):
    """An interface endpoint to the customer's endpoint service, under the host name that developers know."""

    endpoint_id: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    host: str
    ports: tuple[int, ...]

    def __init__(self, name: str, args: PrivateLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:private_link:PrivateLink", name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        self.host, self.ports = args.host, args.ports

        group = self._security_group()
        endpoint = self._endpoint(group)
        if not args.service_has_private_dns:
            self._add_dns_name(endpoint)
        self._watch(endpoint)

        self.endpoint_id = endpoint.id
        self.security_group_id = group.id
        self.register_outputs({"endpointId": endpoint.id, "securityGroupId": group.id, "host": args.host})

    def _tags(self) -> dict[str, str]:
        return self._args.keep.tags(DataClass.CODE, name=self._name)

    def _security_group(self) -> ec2.SecurityGroup:
        """Accepts the link's ports from the named clients, and sends nothing."""
        args = self._args
        group = ec2.SecurityGroup(
            self._name,
            description=f"Private link to {args.host}",
            vpc_id=args.network.vpc_id,
            tags=self._tags(),
            opts=self._child,
        )
        admit_clients(
            self._name,
            service_group_id=group.id,
            client_group_ids=args.client_security_group_ids,
            ports=args.ports,
            service=args.host,
            tags=self._tags(),
            opts=self._child,
        )
        return group

    def _endpoint(self, group: ec2.SecurityGroup) -> ec2.VpcEndpoint:
        args = self._args
        return ec2.VpcEndpoint(
            self._name,
            vpc_id=args.network.vpc_id,
            vpc_endpoint_type="Interface",
            service_name=args.service_name,
            service_region=args.service_region if args.service_region != args.keep.region else None,
            subnet_ids=list(args.network.endpoint_subnet_ids),
            security_group_ids=[group.id],
            private_dns_enabled=args.service_has_private_dns,
            tags=self._tags(),
            opts=self._child,
        )

    def _add_dns_name(self, endpoint: ec2.VpcEndpoint) -> None:
        """A DNS zone for this host alone, so that no other name of the customer's domain is shadowed."""
        args = self._args
        zone = route53.Zone(
            self._name,
            name=args.host,
            comment=f"codekeep {args.keep.tenant}: {args.host} by private link",
            vpcs=[{"vpc_id": args.network.vpc_id, "vpc_region": args.keep.region}],
            force_destroy=False,
            tags=self._tags(),
            opts=self._child,
        )
        regional = endpoint.dns_entries[0]  # AWS lists the regional name first, then those of the zones
        route53.Record(
            self._name,
            zone_id=zone.zone_id,
            name=args.host,
            type="A",
            aliases=[
                {
                    "name": regional.dns_name,
                    "zone_id": regional.hosted_zone_id,
                    "evaluate_target_health": True,
                }
            ],
            opts=self._child,
        )

    def _watch(self, endpoint: ec2.VpcEndpoint) -> None:
        """Silence may mean that nobody is working; a reset or a dropped packet means that the other side is gone."""
        args = self._args
        dimensions: dict[str, pulumi.Input[str]] = {
            "Endpoint Type": "Interface",
            "Service Name": args.service_name,
            "VPC Endpoint Id": endpoint.id,
            "VPC Id": args.network.vpc_id,
        }
        for sign, name in SIGNS_OF_LOSS.items():
            alarm = Alarm(
                label=f"link-{args.label}-{sign}",
                remedy=f"The private link to {args.host} has {sign} packets: is {args.service_name} up, and is the "
                f"connection still accepted at the customer's side?",
                comparison="above",
                threshold=0,
                metric=Metric(namespace="AWS/PrivateLinkEndpoints", name=name, statistic="Sum", dimensions=dimensions),
                periods_needed=3,
            )
            create_alarm(args.keep, alarm, args.alarm_topic_arns, self._child, name=f"{self._name}-{sign}")
