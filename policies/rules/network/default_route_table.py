"""The default table routes every subnet that was given no other."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import FRAMEWORKS
from policies.rules.network._defaults import VPCS, takers

TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"

RULE = Rule(
    id="default-route-table",
    title="The default route table of every VPC leads nowhere",
    severity=Severity.MEDIUM,
    family=Family.NETWORK,
    applies_to=(*VPCS, TABLE),
    requirement=Requirement.ISOLATION,
    why="A route put here is a route for every subnet that was forgotten.",
    remedy="take it over with an ec2.DefaultRouteTable without routes, as components.network does",
    frameworks={**FRAMEWORKS, "CIS AWS": ("5.5",)},
    scope=Scope.STACK,
)


@RULE.check
def leads_nowhere(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in VPCS:
        if not takers(case.graph, node, TABLE, ("defaultRouteTableId",)):
            yield RULE.violation(node, "", "has a default route table that the program does not hold empty")
        return
    for name in ("routes", "propagatingVgws"):
        yield from RULE.require(node, f"{name}[*]", lambda value: value is MISSING, "must be empty", optional=True)
