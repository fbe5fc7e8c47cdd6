"""A network interface that names no security group gets the default one."""

from collections.abc import Iterator

from policies.conditions import UNSET, Expectation
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules._types import VPCS
from policies.rules.network._common import FRAMEWORKS, has_adopter

GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"

RULE = network_rule(
    id="default-security-group",
    title="The default security group of every VPC is closed",
    severity=Severity.HIGH,
    applies_to=(*VPCS, GROUP),
    requirement=Requirement.ISOLATION,
    why="AWS creates it so that its members reach each other and the whole internet.",
    remedy="adopt it with an ec2.DefaultSecurityGroup without rules, as components.network does",
    frameworks={**FRAMEWORKS, "CIS AWS": ("5.4",)},
    scope=Scope.STACK,
    expects={GROUP: tuple(Expectation(f"{way}[*]", UNSET, optional=True) for way in ("ingress", "egress"))},
)


@RULE.check
def must_be_adopted(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in VPCS and not has_adopter(case.graph, node, GROUP, "vpcId"):
        yield RULE.violation(node, "", "has the default security group that AWS creates: open inside and outwards")
