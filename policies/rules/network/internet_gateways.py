"""Without a gateway there is no way out to misuse."""

from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.reading import first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import DEFAULT_VPC, FRAMEWORKS, without_agreement

INTERNET = "aws:ec2/internetGateway:InternetGateway"
ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
NAT = "aws:ec2/natGateway:NatGateway"
OUTWARD_IPV6 = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
CARRIER = "aws:ec2/carrierGateway:CarrierGateway"

RULE = Rule(
    id="internet-gateways",
    title="There is no gateway to the internet but those of an agreed egress, in the keep's own region",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(INTERNET, ATTACHMENT, NAT, OUTWARD_IPV6, CARRIER, DEFAULT_VPC),
    requirement=Requirement.ISOLATION,
    why="A gateway is the one thing no route can do without: where there is none, no mistake leads outside.",
    remedy="leave it out; set network.egress in the spec, and components.network.egress makes a firewalled way out",
    frameworks=FRAMEWORKS,
)


@RULE.check
def is_agreed(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == DEFAULT_VPC:
        yield RULE.violation(node, "", "comes with an internet gateway and public subnets")
    elif node.type in (OUTWARD_IPV6, CARRIER):
        yield RULE.violation(node, "", "leads outside past the firewall")
    elif node.type != NAT or (kind := first(node.inputs, "connectivityType")) not in ("private", UNKNOWN):
        yield from without_agreement(RULE, node, "", case, "leads to the internet")
        home = case.facts.primary_region
        if case.facts.egress == "allow-list" and node.region not in (home, None):
            yield RULE.violation(node, "region", f"got {node.region}: the agreed egress is that of {home}")
    elif kind is UNKNOWN:
        yield RULE.undecided(node, "connectivityType")
