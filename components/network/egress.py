"""A keep's only egress to the internet: a firewall that passes named hosts and drops everything else.

    workload -> firewall endpoint of its zone -> NAT gateway of its zone -> internet gateway
    workload <- firewall endpoint of its zone <- NAT gateway of its zone <- internet gateway

The firewall comes before the address translation, so that its log shows the workload. On the way back, the public
subnet's route to the workloads goes through the same endpoint, since a stateful firewall must see both directions.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import cloudwatch, ec2, networkfirewall

from components.naming import DataClass, Keep
from components.network.endpoints import ANYWHERE
from components.network.traffic_logs import delivery_policy
from components.observe.log_group import log_group

HOST_PATTERN = re.compile(r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$")
RULES_CAPACITY, HOSTS_CAPACITY = 10, 300  # cannot change: another value replaces the rule group

# Domain lists match only TLS and HTTP, and dropping established flows by default lets the first packets of others pass.
# So other protocols and ports are dropped before the lists are evaluated.
PROTOCOL_RULES = "\n".join(
    (
        'drop udp $HOME_NET any -> $EXTERNAL_NET any (msg:"UDP leaves the keep"; sid:1; rev:1;)',
        'drop icmp $HOME_NET any -> $EXTERNAL_NET any (msg:"ICMP leaves the keep"; sid:2; rev:1;)',
        'drop tcp $HOME_NET any -> $EXTERNAL_NET ![80,443] (msg:"Port other than 80, 443"; sid:3; rev:1;)',
        'drop ip $EXTERNAL_NET any -> $HOME_NET any (msg:"Asked for by nobody"; flow:to_server; sid:4; rev:1;)',
    )
)


class EgressMode(StrEnum):
    """How much of the internet a keep may reach."""

    NONE = "none"
    ALLOW_LIST = "allow-list"


@dataclass(frozen=True, kw_only=True)
class EgressRules:
    """`domains` are host names; a leading `*.` includes every name below."""

    mode: EgressMode = EgressMode.NONE
    domains: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.mode is EgressMode.NONE and self.domains:
            raise ValueError(f"domains must be empty where the mode is {self.mode}, got {list(self.domains)}")
        if self.mode is EgressMode.ALLOW_LIST and not self.domains:
            raise ValueError(f"domains must name at least one host for the mode {self.mode}; for nothing, choose none")
        if wrong := [domain for domain in self.domains if not HOST_PATTERN.match(domain)]:
            raise ValueError(f"domains must be host names like pypi.org or *.pypi.org, got {', '.join(wrong)}")
        if len(self.domains) > HOSTS_CAPACITY:
            raise ValueError(f"domains must be {HOSTS_CAPACITY} at most, got {len(self.domains)}")

    @property
    def dns_domains(self) -> tuple[str, ...]:
        """The domains in the notation of the DNS firewall, where `*.` means the names below and not the name itself."""
        return tuple(sorted({*self.domains, *(domain.removeprefix("*.") for domain in self.domains)}))

    @property
    def firewall_targets(self) -> list[str]:
        """The domains in the notation of Network Firewall: a leading dot for a name and all below it."""
        return sorted({domain.removeprefix("*") for domain in self.domains})


@dataclass(frozen=True, kw_only=True)
class EgressArgs:
    """Sequences run parallel to `zones`. `log_key_arn` is the key of class LOG, also for the firewall's own rules."""

    keep: Keep
    rules: EgressRules
    vpc_id: pulumi.Input[str]
    zones: Sequence[str]
    firewall_subnets: Sequence[IPv4Network]
    public_subnets: Sequence[IPv4Network]
    workload_subnets: Sequence[IPv4Network]
    workload_route_table_ids: Sequence[pulumi.Input[str]]
    log_key_arn: pulumi.Input[str]
    log_retention_days: int
    protect: bool = False  # AWS refuses to delete the firewall

    def __post_init__(self) -> None:
        if self.rules.mode is not EgressMode.ALLOW_LIST:
            raise ValueError(f"egress needs the mode {EgressMode.ALLOW_LIST}, got {self.rules.mode}; leave Egress out")
        for name in ("firewall_subnets", "public_subnets", "workload_subnets", "workload_route_table_ids"):
            if len(getattr(self, name)) != len(self.zones):
                raise ValueError(f"{name} must have one entry per zone, got {len(getattr(self, name))}")


class Egress(pulumi.ComponentResource):
    """Firewall, NAT gateways, internet gateway, and routes that cannot bypass the firewall."""

    public_ips: Sequence[pulumi.Output[str]]
    subnet_ids: Sequence[pulumi.Output[str]]  # firewall and public subnets, for the network's access list
    firewall_arn: pulumi.Output[str]

    def __init__(self, name: str, args: EgressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:egress:Egress", name, None, opts)
        self._name, self._args = name, args

        gateway = ec2.InternetGateway(name, vpc_id=args.vpc_id, tags=self._tags(), opts=self._options())
        firewall_subnets = [self._subnet("firewall", zone) for zone in range(len(args.zones))]
        public_subnets = [self._subnet("public", zone) for zone in range(len(args.zones))]
        firewall = self._firewall(firewall_subnets)
        self._log(firewall)
        addresses = [
            self._route(zone, gateway, firewall, firewall_subnets, public_subnets) for zone in range(len(args.zones))
        ]

        self.public_ips = [address.public_ip for address in addresses]
        self.subnet_ids = [subnet.id for subnet in (*firewall_subnets, *public_subnets)]
        self.firewall_arn = firewall.arn
        self.register_outputs({"publicIps": self.public_ips, "firewallArn": firewall.arn})

    def _options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on))

    def _tags(self, label: str = "") -> dict[str, str]:
        return self._args.keep.tags(DataClass.CONFIG, name=f"{self._name}-{label}" if label else self._name)

    def _subnet(self, purpose: str, zone: int) -> ec2.Subnet:
        args = self._args
        networks = args.firewall_subnets if purpose == "firewall" else args.public_subnets
        label = f"{purpose}-{zone}"
        return ec2.Subnet(
            f"{self._name}-{label}",
            vpc_id=args.vpc_id,
            availability_zone=args.zones[zone],
            cidr_block=str(networks[zone]),
            map_public_ip_on_launch=False,  # contains only the NAT gateway, which has its own address
            tags=self._tags(label),
            opts=self._options(),
        )

    def _firewall(self, subnets: Sequence[ec2.Subnet]) -> networkfirewall.Firewall:
        args = self._args
        return networkfirewall.Firewall(
            self._name,
            name=args.keep.physical("egress"),
            vpc_id=args.vpc_id,
            firewall_policy_arn=self._policy().arn,
            subnet_mappings=[{"subnet_id": subnet.id} for subnet in subnets],
            encryption_configuration={"type": "CUSTOMER_KMS", "key_id": args.log_key_arn},
            delete_protection=args.protect,
            firewall_policy_change_protection=args.protect,
            subnet_change_protection=args.protect,
            tags=self._tags(),
            opts=self._options(),
        )

    def _policy(self) -> networkfirewall.FirewallPolicy:
        args = self._args
        protocols = self._rule_group(
            "protocols",
            RULES_CAPACITY,
            {"rules_string": PROTOCOL_RULES},
        )
        hosts = self._rule_group(
            "hosts",
            HOSTS_CAPACITY,
            {
                "rules_source_list": {
                    "generated_rules_type": "ALLOWLIST",
                    "target_types": ["TLS_SNI", "HTTP_HOST"],
                    "targets": args.rules.firewall_targets,
                }
            },
        )
        return networkfirewall.FirewallPolicy(
            self._name,
            name=args.keep.physical("egress"),
            firewall_policy={
                "stateless_default_actions": ["aws:forward_to_sfe"],
                "stateless_fragment_default_actions": ["aws:drop"],
                # Not drop_strict: the handshake must pass before there is a server name to match.
                "stateful_default_actions": ["aws:drop_established", "aws:alert_established"],
                "stateful_engine_options": {"rule_order": "STRICT_ORDER", "stream_exception_policy": "DROP"},
                "stateful_rule_group_references": [
                    {"resource_arn": group.arn, "priority": priority}
                    for priority, group in ((1, protocols), (2, hosts))
                ],
            },
            encryption_configuration={"type": "CUSTOMER_KMS", "key_id": args.log_key_arn},
            tags=self._tags(),
            opts=self._options(),
        )

    def _rule_group(
        self, label: str, capacity: int, source: networkfirewall.RuleGroupRuleGroupRulesSourceArgsDict
    ) -> networkfirewall.RuleGroup:
        args = self._args
        return networkfirewall.RuleGroup(
            f"{self._name}-{label}",
            name=args.keep.physical("egress", label),
            type="STATEFUL",
            capacity=capacity,
            rule_group={
                "rules_source": source,
                "stateful_rule_options": {"rule_order": "STRICT_ORDER"},
            },
            encryption_configuration={"type": "CUSTOMER_KMS", "key_id": args.log_key_arn},
            tags=self._tags(label),
            opts=self._options(),
        )

    def _log(self, firewall: networkfirewall.Firewall) -> None:
        args = self._args
        group = log_group(
            args.keep,
            "egress",
            key_arn=args.log_key_arn,
            retention_days=args.log_retention_days,
            opts=self._options(),
        )
        delivery = cloudwatch.LogResourcePolicy(
            self._name,
            policy_name=args.keep.physical("egress"),
            policy_document=delivery_policy(args.keep, group.arn, region=args.keep.region),
            opts=self._options(),
        )
        networkfirewall.LoggingConfiguration(
            self._name,
            firewall_arn=firewall.arn,
            logging_configuration={
                "log_destination_configs": [
                    {
                        "log_type": log_type,
                        "log_destination_type": "CloudWatchLogs",
                        "log_destination": {"logGroup": group.name},
                    }
                    for log_type in ("ALERT", "FLOW")
                ]
            },
            opts=self._options(delivery),
        )

    def _route(
        self,
        zone: int,
        gateway: ec2.InternetGateway,
        firewall: networkfirewall.Firewall,
        firewall_subnets: Sequence[ec2.Subnet],
        public_subnets: Sequence[ec2.Subnet],
    ) -> ec2.Eip:
        """Each zone has its own path, so that the loss of one zone does not affect the others."""
        args = self._args
        endpoint = endpoint_of(firewall, args.zones[zone])
        address = ec2.Eip(
            f"{self._name}-nat-{zone}", domain="vpc", tags=self._tags(f"nat-{zone}"), opts=self._options(gateway)
        )
        nat = ec2.NatGateway(
            f"{self._name}-{zone}",
            allocation_id=address.allocation_id,
            subnet_id=public_subnets[zone].id,
            connectivity_type="public",
            tags=self._tags(str(zone)),
            opts=self._options(gateway),  # AWS creates no NAT gateway in a network without an internet gateway
        )
        behind_firewall = self._table(f"firewall-{zone}", firewall_subnets[zone])
        public = self._table(f"public-{zone}", public_subnets[zone])

        self._route_to(f"workload-{zone}-out", args.workload_route_table_ids[zone], ANYWHERE, vpc_endpoint_id=endpoint)
        self._route_to(f"firewall-{zone}-out", behind_firewall.id, ANYWHERE, nat_gateway_id=nat.id)
        self._route_to(f"public-{zone}-out", public.id, ANYWHERE, gateway_id=gateway.id)
        back = str(args.workload_subnets[zone])
        self._route_to(f"public-{zone}-back", public.id, back, vpc_endpoint_id=endpoint)
        return address

    def _table(self, label: str, subnet: ec2.Subnet) -> ec2.RouteTable:
        table = ec2.RouteTable(
            f"{self._name}-{label}", vpc_id=self._args.vpc_id, tags=self._tags(label), opts=self._options()
        )
        ec2.RouteTableAssociation(
            f"{self._name}-{label}", route_table_id=table.id, subnet_id=subnet.id, opts=self._options()
        )
        return table

    def _route_to(
        self,
        label: str,
        table_id: pulumi.Input[str],
        destination: str,
        *,
        vpc_endpoint_id: pulumi.Input[str] | None = None,
        nat_gateway_id: pulumi.Input[str] | None = None,
        gateway_id: pulumi.Input[str] | None = None,
    ) -> None:
        ec2.Route(
            f"{self._name}-{label}",
            route_table_id=table_id,
            destination_cidr_block=destination,
            vpc_endpoint_id=vpc_endpoint_id,
            nat_gateway_id=nat_gateway_id,
            gateway_id=gateway_id,
            opts=self._options(),
        )


def endpoint_of(firewall: networkfirewall.Firewall, zone: str) -> pulumi.Output[str]:
    """The firewall's endpoint in a zone. A zone without one fails the deployment instead of losing its egress."""

    def pick(statuses: Sequence[networkfirewall.outputs.FirewallFirewallStatus]) -> str:
        endpoints = {
            state.availability_zone: attachment.endpoint_id
            for status in statuses
            for state in status.sync_states or ()
            for attachment in state.attachments or ()
        }
        endpoint = endpoints.get(zone)
        if endpoint is None:
            raise ValueError(
                f"the firewall has no endpoint in {zone}; it has them in {sorted(filter(None, endpoints))}"
            )
        return endpoint

    return firewall.firewall_statuses.apply(pick)
