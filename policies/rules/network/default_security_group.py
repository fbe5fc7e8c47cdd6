"""The default group is what everything gets that names none."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import FRAMEWORKS
from policies.rules.network._defaults import VPCS, takers

GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"

RULE = Rule(
    id="default-security-group",
    title="The default security group of every VPC is closed",
    severity=Severity.HIGH,
    family=Family.NETWORK,
    applies_to=(*VPCS, GROUP),
    requirement=Requirement.ISOLATION,
    why="As AWS makes it, the default group lets its members reach each other and the whole world.",
    remedy="take it over with an ec2.DefaultSecurityGroup without rules, as components.network does",
    frameworks={**FRAMEWORKS, "CIS AWS": ("5.4",)},
    scope=Scope.STACK,
)


@RULE.check
def is_closed(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in VPCS:
        if not takers(case.graph, node, GROUP, ("vpcId",)):
            yield RULE.violation(node, "", "has a default security group as AWS makes it: open inside and outwards")
        return
    for direction in ("ingress", "egress"):
        yield from RULE.require(
            node, f"{direction}[*]", lambda value: value is MISSING, "must hold no rule", optional=True
        )
