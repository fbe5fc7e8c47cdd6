"""A name is a way out even where no packet has one: its query reaches whoever owns the domain."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import DEFAULT_VPC, FRAMEWORKS, VPC

ASSOCIATION = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
CONFIG = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig"

RULE = Rule(
    id="dns-firewall",
    title="Every VPC has a DNS firewall, and it fails closed",
    severity=Severity.HIGH,
    family=Family.NETWORK,
    applies_to=(VPC, DEFAULT_VPC, CONFIG),
    requirement=Requirement.ISOLATION,
    why="Amazon's resolver answers for any name, from inside of networks without a way out too.",
    remedy="attach components.network.dns_firewall to the VPC",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.8.12", "A.8.20", "A.8.23")},
    scope=Scope.STACK,
)


@RULE.check
def is_attached_and_fails_closed(node: Node, case: Case) -> Iterator[Finding]:
    if node.type != CONFIG:
        if not case.graph.referrers(node, "vpcId", ASSOCIATION):
            yield RULE.violation(node, "", "has no DNS firewall rule group associated with it")
        return
    yield from RULE.require(
        node, "firewallFailOpen", lambda value: value == "DISABLED", "must be DISABLED", optional=True
    )
