"""A subnet without a network ACL of its own uses the default one."""

from collections.abc import Iterator

from policies.conditions import Expectation, equals
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules._types import VPCS
from policies.rules.network._common import FRAMEWORKS, has_adopter

ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"

RULE = network_rule(
    id="default-network-acl",
    title="The default network ACL of every VPC lets nothing through",
    severity=Severity.MEDIUM,
    applies_to=(*VPCS, ACL),
    requirement=Requirement.ISOLATION,
    why="AWS creates it so that it lets everything in and out of any subnet that was forgotten.",
    remedy="adopt it with an ec2.DefaultNetworkAcl without rules, as components.network does",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
    expects={
        ACL: tuple(Expectation(f"{way}[*].action", equals("deny"), optional=True) for way in ("ingress", "egress"))
    },
)


@RULE.check
def must_be_adopted(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in VPCS and not has_adopter(case.graph, node, ACL, "defaultNetworkAclId"):
        yield RULE.violation(node, "", "has the default network ACL that AWS creates: open both ways")
