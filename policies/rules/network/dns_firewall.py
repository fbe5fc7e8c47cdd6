"""A DNS query leaves the network even where no packet may: it reaches whoever owns the domain."""

from collections.abc import Iterator

from policies.conditions import Expectation, equals
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules._types import VPCS
from policies.rules.network._common import FRAMEWORKS

ASSOCIATION = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
CONFIG = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig"

RULE = network_rule(
    id="dns-firewall",
    title="Every VPC has a DNS firewall, and it fails closed",
    severity=Severity.HIGH,
    applies_to=(*VPCS, CONFIG),
    requirement=Requirement.ISOLATION,
    why="Amazon's resolver answers for any name, also in networks without a way out.",
    remedy="attach components.network.dns_firewall to the VPC",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.8.12", "A.8.20", "A.8.23")},
    scope=Scope.STACK,
    expects={CONFIG: (Expectation("firewallFailOpen", equals("DISABLED"), optional=True),)},
)


@RULE.check
def is_attached(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in VPCS and not case.graph.referrers(node, "vpcId", ASSOCIATION):
        yield RULE.violation(node, "", "has no DNS firewall rule group associated with it")
