"""Limits the names that a keep can resolve to those of AWS in its region, its links, and its egress allow-list.

Without this, data could leave even a network without internet egress: a query for <secret>.example.com reaches the
owner of example.com through Amazon's resolver.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.service_hosts import covers, resource_hosts, service_hosts
from pulumi_aws import route53

from components.arns import dns_suffix
from components.naming import DataClass, Keep
from components.network.endpoints import INTERFACE_SERVICES

ALLOW_PRIORITY, BLOCK_PRIORITY = 100, 200
ASSOCIATION_PRIORITY = 101  # AWS reserves 100 and below
# Reverse names of private addresses only: the owner of a public address would see the query.
PRIVATE_REVERSE_DOMAINS = (
    "*.10.in-addr.arpa",
    "*.168.192.in-addr.arpa",
    *(f"*.{second}.172.in-addr.arpa" for second in range(16, 32)),
)
DOMAINS_MAX = 1_000  # our own limit for one list; AWS's is far higher


@dataclass(frozen=True, kw_only=True)
class DnsFirewallArgs:
    """`domains` are host names or `*.` patterns that may be resolved in addition to AWS's.

    `services` are those with an interface endpoint in the network.
    """

    keep: Keep
    vpc_id: pulumi.Input[str]
    domains: Sequence[str] = ()
    services: Collection[str] = tuple(INTERFACE_SERVICES)
    protect: bool = False  # AWS refuses to detach the rules
    region: str | None = None  # None: the keep's own

    def __post_init__(self) -> None:
        for domain in self.domains:
            if domain.strip("*.") == "" or domain != domain.strip("."):
                raise ValueError(f"domains must be names like example.com or *.example.com, got {domain!r}")
        if len(self.domains) > DOMAINS_MAX:
            raise ValueError(f"domains must be {DOMAINS_MAX} at most, got {len(self.domains)}")

    @property
    def actual_region(self) -> str:
        return self.region or self.keep.region


def aws_domains(region: str, services: Collection[str]) -> tuple[str, ...]:
    """Names that only AWS answers, in one region: services and their resources, and the network's own hosts."""
    suffix = dns_suffix(region)
    regional = f"*.{region}.{suffix}"  # most services, buckets, registries, load balancers
    needed = (
        *(name for names in resource_hosts(region).values() for name in names),
        *(name for service in services for name in service_hosts(service, region)),
    )
    return (
        regional,
        *(name for name in needed if not covers(regional, name)),
        f"s3.{suffix}",
        f"*.s3.{suffix}",
        f"sts.{suffix}",
        f"*.{region}.compute.internal",
        "*.ec2.internal",
        f"*.{region}.on.aws" if suffix == "amazonaws.com" else f"*.{region}.vpce.{suffix}",
        *PRIVATE_REVERSE_DOMAINS,
    )


class DnsFirewall(pulumi.ComponentResource):
    """An allow-list, then a block of everything else; without an answer of the firewall, nothing resolves."""

    rule_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: DnsFirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:dns_firewall:DnsFirewall", name, None, opts)
        self._name, self._args = name, args

        group = route53.ResolverFirewallRuleGroup(
            name, name=args.keep.physical("dns"), region=args.region, tags=self._tags(), opts=self._options()
        )
        domains = (*aws_domains(args.actual_region, args.services), *args.domains)
        allowed = self._rule(group, "allowed", ALLOW_PRIORITY, domains, block=False)
        blocked = self._rule(group, "everything", BLOCK_PRIORITY, ("*",), block=True)
        self._attach(group, allowed, blocked)

        self.rule_group_id = group.id
        self.register_outputs({"ruleGroupId": group.id})

    def _options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on))

    def _tags(self) -> dict[str, str]:
        return self._args.keep.tags(DataClass.CONFIG, region=self._args.region)

    def _rule(
        self,
        group: route53.ResolverFirewallRuleGroup,
        label: str,
        priority: int,
        domains: Sequence[str],
        *,
        block: bool,
    ) -> route53.ResolverFirewallRule:
        args = self._args
        names = route53.ResolverFirewallDomainList(
            f"{self._name}-{label}",
            name=args.keep.physical("dns", label),
            domains=sorted(set(domains)),
            region=args.region,
            tags=self._tags(),
            opts=self._options(),
        )
        return route53.ResolverFirewallRule(
            f"{self._name}-{label}",
            name=args.keep.physical("dns", label),
            firewall_rule_group_id=group.id,
            firewall_domain_list_id=names.id,
            priority=priority,
            action="BLOCK" if block else "ALLOW",
            block_response="NXDOMAIN" if block else None,
            # The CNAME of an allowed name may lead to further names of its provider, which nobody can list in advance.
            firewall_domain_redirection_action=None if block else "TRUST_REDIRECTION_DOMAIN",
            region=args.region,
            opts=self._options(),
        )

    def _attach(self, group: route53.ResolverFirewallRuleGroup, *rules: pulumi.Resource) -> None:
        args = self._args
        route53.ResolverFirewallRuleGroupAssociation(
            self._name,
            name=args.keep.physical("dns"),
            firewall_rule_group_id=group.id,
            vpc_id=args.vpc_id,
            priority=ASSOCIATION_PRIORITY,
            mutation_protection="ENABLED" if args.protect else "DISABLED",
            region=args.region,
            tags=self._tags(),
            opts=self._options(*rules),  # attached once complete, so that it never blocks only in part
        )
        route53.ResolverFirewallConfig(
            self._name,
            resource_id=args.vpc_id,
            firewall_fail_open="DISABLED",
            region=args.region,
            opts=self._options(),
        )
