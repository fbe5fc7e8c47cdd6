"""Flow logs show which connections were tried, the refused ones above all."""

from collections.abc import Iterator

from policies.conditions import equals
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, logging_rule
from policies.rules._types import VPCS
from policies.rules.logging._common import RECORDED, is_adopted

RULE = logging_rule(
    id="log-vpc-flows",
    title="Every network logs all its flows",
    severity=Severity.HIGH,
    applies_to=VPCS,
    requirement=Requirement.AUDIT,
    why="Accepted and rejected flows show whether code left the keep.",
    remedy="use components.network, or a flow log of the VPC with trafficType ALL",
    frameworks={**RECORDED, "CIS AWS": ("3.7",)},
    scope=Scope.STACK,
)


@RULE.check
def logs_flows(node: Node, case: Case) -> Iterator[Finding]:
    if is_adopted(node):
        return
    logs = case.graph.referrers(node, "vpcId", "aws:ec2/flowLog:FlowLog")
    for log in logs:
        yield from RULE.require(log, "trafficType", equals("ALL"))
    if not logs:
        yield RULE.violation(node, "", "has no flow log")
