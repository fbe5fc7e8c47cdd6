"""Without a gateway there is no way out to misuse."""

from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.reading import first
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules._types import DEFAULT_VPC, NAT_GATEWAY
from policies.rules.network._common import FRAMEWORKS, without_agreement

PAST_THE_FIREWALL = (
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
    "aws:ec2/carrierGateway:CarrierGateway",
)

RULE = network_rule(
    id="internet-gateways",
    title="There is no gateway to the internet but those of an agreed egress, in the keep's own region",
    severity=Severity.CRITICAL,
    applies_to=(
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
        NAT_GATEWAY,
        *PAST_THE_FIREWALL,
        DEFAULT_VPC,
    ),
    requirement=Requirement.ISOLATION,
    why="Every route outside needs a gateway: where there is none, no mistake leads outside.",
    remedy="leave it out; set network.egress in the spec, and components.network.egress makes a firewalled way out",
    frameworks=FRAMEWORKS,
)


@RULE.check
def is_agreed(node: Node, case: Case) -> Iterator[Finding]:
    kind = first(node.inputs, "connectivityType") if node.type == NAT_GATEWAY else "public"
    if node.type == DEFAULT_VPC:
        yield RULE.violation(node, "", "comes with an internet gateway and public subnets")
    elif node.type in PAST_THE_FIREWALL:
        yield RULE.violation(node, "", "leads outside past the firewall")
    elif kind is UNKNOWN:
        yield RULE.undecided(node, "connectivityType")
    elif kind != "private":
        yield from without_agreement(RULE, node, "", case, "leads to the internet")
        home = case.facts.primary_region
        if case.facts.egress == "allow-list" and node.region not in (home, None):
            yield RULE.violation(node, "region", f"got {node.region}: the agreed egress is that of {home}")
