"""Connections that were tried show in flow logs, those that were refused above all."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.logging._common import RECORDED, VPCS, is_adopted

FLOW_LOG = "aws:ec2/flowLog:FlowLog"

RULE = Rule(
    id="log-vpc-flows",
    title="Every network logs all its flows",
    severity=Severity.HIGH,
    family=Family.LOGGING,
    applies_to=VPCS,
    requirement=Requirement.AUDIT,
    why="Whether code left the keep is answered by the flows, accepted and rejected ones.",
    remedy="use components.network, or a flow log of the VPC with trafficType ALL",
    frameworks={**RECORDED, "CIS AWS": ("3.7",)},
    scope=Scope.STACK,
)


@RULE.check
def logs_flows(node: Node, case: Case) -> Iterator[Finding]:
    if is_adopted(node):
        return
    logs = case.graph.referrers(node, "vpcId", FLOW_LOG)
    for log in logs:
        yield from RULE.require(log, "trafficType", lambda kind: kind == "ALL", "must be 'ALL'")
    if not logs:
        yield RULE.violation(node, "", "has no flow log")
