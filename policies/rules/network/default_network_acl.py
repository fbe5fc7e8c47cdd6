"""The default access list holds every subnet that was put on no other."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import FRAMEWORKS
from policies.rules.network._defaults import VPCS, takers

ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"

RULE = Rule(
    id="default-network-acl",
    title="The default network ACL of every VPC lets nothing through",
    severity=Severity.MEDIUM,
    family=Family.NETWORK,
    applies_to=(*VPCS, ACL),
    requirement=Requirement.ISOLATION,
    why="As AWS makes it, the default list lets everything in and out of any subnet that was forgotten.",
    remedy="take it over with an ec2.DefaultNetworkAcl without rules, as components.network does",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def lets_nothing_through(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in VPCS:
        if not takers(case.graph, node, ACL, ("defaultNetworkAclId",)):
            yield RULE.violation(node, "", "has a default network ACL as AWS makes it: open both ways")
        return
    for direction in ("ingress", "egress"):
        yield from RULE.require(
            node, f"{direction}[*].action", lambda action: action == "deny", "no rule may allow", optional=True
        )
