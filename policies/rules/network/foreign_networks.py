"""Networks joined to the keep's are inside of it."""

from collections.abc import Iterator, Mapping

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import FRAMEWORKS

PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
GATEWAY_ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
GATEWAY_PEERING = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"
GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
SHARE = "aws:ram/resourceShare:ResourceShare"
OTHER_ACCOUNT: Mapping[str, str] = {PEERING: "peerOwnerId", GATEWAY_PEERING: "peerAccountId"}

# What joins a network that is nobody's in this account, or one that another account asked to join.
ALWAYS_FOREIGN: Mapping[str, str] = {
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": "accepts a peering asked for elsewhere",
    "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter": "accepts another account's network",
    "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter": "accepts another transit gateway",
    "aws:ec2/vpnConnection:VpnConnection": "joins a network over the internet",
    "aws:ec2/vpnGateway:VpnGateway": "waits for networks over the internet or leased lines",
    "aws:directconnect/gatewayAssociation:GatewayAssociation": "joins a network by leased line",
    "aws:networkmanager/vpcAttachment:VpcAttachment": "joins a network over many regions",
    "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation": "joins a shared service network",
}

RULE = Rule(
    id="foreign-networks",
    title="No peering, transit gateway or VPN joins the keep to a network of somebody else",
    severity=Severity.HIGH,
    family=Family.NETWORK,
    applies_to=(PEERING, GATEWAY_ATTACHMENT, GATEWAY_PEERING, SHARE, *ALWAYS_FOREIGN),
    requirement=Requirement.ISOLATION,
    why="A joined network reaches every address inside; a private link reaches one port of one service.",
    remedy="use a private link (components.network.private_link) instead of joining networks",
    frameworks={**FRAMEWORKS, "CIS AWS": ("5.5",)},
    scope=Scope.STACK,
)


@RULE.check
def joins_own_networks_only(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in ALWAYS_FOREIGN:
        yield RULE.violation(node, "", ALWAYS_FOREIGN[node.type])
    elif node.type in OTHER_ACCOUNT:
        yield from _account(node, OTHER_ACCOUNT[node.type], case)
    elif node.type == SHARE:
        yield from RULE.require(
            node, "allowExternalPrincipals", lambda value: value is False, "must be false", optional=True
        )
    elif not case.graph.references(node, "transitGatewayId", GATEWAY):
        yield RULE.violation(node, "transitGatewayId", "names a transit gateway that this stack does not hold")


def _account(node: Node, path: str, case: Case) -> Iterator[Finding]:
    """Not set means the same account."""
    owner, own = first(node.inputs, path), case.facts.account_id
    if owner is MISSING or (own and owner == own):
        return
    if own and isinstance(owner, str) and not owner.startswith("${"):
        yield RULE.violation(node, path, f"got {owner}; the keep's account is {own}")
    else:
        yield RULE.undecided(node, path, "whose account it is cannot be known here")
