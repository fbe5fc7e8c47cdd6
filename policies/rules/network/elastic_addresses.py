"""An elastic address is a public one that stays."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules._types import NAT_GATEWAY
from policies.rules.network._common import FRAMEWORKS, without_agreement

ADDRESS = "aws:ec2/eip:Eip"
ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"
TO_MACHINE = "gives a public address to a machine or an interface"

RULE = network_rule(
    id="elastic-addresses",
    title="Elastic addresses belong to the NAT gateways of an agreed egress, and to nothing else",
    severity=Severity.HIGH,
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
        yield RULE.violation(node, "allocationId", TO_MACHINE)
        return
    yield from without_agreement(RULE, node, "", case, "is a public address")
    for holder in ("instance", "networkInterface"):
        if first(node.inputs, holder) is not MISSING:
            yield RULE.violation(node, holder, TO_MACHINE)
    if case.facts.egress == "allow-list" and not case.graph.referrers(node, "allocationId", NAT_GATEWAY):
        yield RULE.violation(node, "", "is no NAT gateway's address")
