"""A subnet that was given no route table uses the default one."""

from collections.abc import Iterator

from policies.conditions import UNSET, Expectation
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules._types import VPCS
from policies.rules.network._common import FRAMEWORKS, has_adopter

TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"

RULE = network_rule(
    id="default-route-table",
    title="The default route table of every VPC leads nowhere",
    severity=Severity.MEDIUM,
    applies_to=(*VPCS, TABLE),
    requirement=Requirement.ISOLATION,
    why="A route in it is a route for every subnet that was forgotten.",
    remedy="adopt it with an ec2.DefaultRouteTable without routes, as components.network does",
    frameworks={**FRAMEWORKS, "CIS AWS": ("5.5",)},
    scope=Scope.STACK,
    expects={TABLE: tuple(Expectation(f"{name}[*]", UNSET, optional=True) for name in ("routes", "propagatingVgws"))},
)


@RULE.check
def must_be_adopted(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in VPCS and not has_adopter(case.graph, node, TABLE, "defaultRouteTableId"):
        yield RULE.violation(node, "", "has a default route table that the program does not keep empty")
