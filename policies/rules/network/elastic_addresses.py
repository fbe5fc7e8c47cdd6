"""An elastic address is a public one that stays."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import FRAMEWORKS, without_agreement

ADDRESS = "aws:ec2/eip:Eip"
ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"
NAT = "aws:ec2/natGateway:NatGateway"
HOLDERS = ("instance", "networkInterface")

RULE = Rule(
    id="elastic-addresses",
    title="Elastic addresses belong to the NAT gateways of an agreed egress, and to nothing else",
    severity=Severity.HIGH,
    family=Family.NETWORK,
    applies_to=(ADDRESS, ASSOCIATION),
    requirement=Requirement.ISOLATION,
    why="An address bound to a machine makes it reachable past every private link.",
    remedy="let components.network.egress make the addresses of its NAT gateways, and make no others",
    frameworks=FRAMEWORKS,
    scope=Scope.STACK,
)


@RULE.check
def serves_a_nat_gateway(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == ASSOCIATION:
        yield RULE.violation(node, "allocationId", "gives a public address to a machine or an interface")
        return
    yield from without_agreement(RULE, node, "", case, "is a public address")
    for holder in HOLDERS:
        if first(node.inputs, holder) is not MISSING:
            yield RULE.violation(node, holder, "gives a public address to a machine or an interface")
    if case.facts.egress == "allow-list" and not case.graph.referrers(node, "allocationId", NAT):
        yield RULE.violation(node, "", "is no NAT gateway's address")
