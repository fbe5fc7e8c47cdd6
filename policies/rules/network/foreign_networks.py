"""Whatever joins another network to the keep's opens every address of both."""

from collections.abc import Iterator, Mapping

from policies.conditions import FALSE, Expectation
from policies.graph import SECRET, UNKNOWN, Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS

GATEWAY_ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
SHARE = "aws:ram/resourceShare:ResourceShare"
OTHER_ACCOUNT: Mapping[str, str] = {
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": "peerOwnerId",
    "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": "peerAccountId",
}
"""Type → property that names the other network's account."""

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
"""Types that join a network outside this account, and how."""

RULE = network_rule(
    id="foreign-networks",
    title="No peering, transit gateway or VPN joins the keep to a network of somebody else",
    severity=Severity.HIGH,
    applies_to=(*OTHER_ACCOUNT, GATEWAY_ATTACHMENT, SHARE, *ALWAYS_FOREIGN),
    requirement=Requirement.ISOLATION,
    why="A joined network reaches every address inside; a private link reaches one port of one service.",
    remedy="use a private link (components.network.private_link), or agree the deployers' transit gateway in the spec",
    frameworks={**FRAMEWORKS, "CIS AWS": ("5.5",)},
    scope=Scope.STACK,
    expects={SHARE: (Expectation("allowExternalPrincipals", FALSE, optional=True),)},
)


@RULE.check
def joins_own_networks_only(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in ALWAYS_FOREIGN:
        yield RULE.violation(node, "", ALWAYS_FOREIGN[node.type])
    elif node.type in OTHER_ACCOUNT:
        yield from _account(node, OTHER_ACCOUNT[node.type], case)
    elif node.type == GATEWAY_ATTACHMENT and not _is_agreed(node, case):
        if first(node.inputs, "transitGatewayId") in (UNKNOWN, SECRET):
            yield RULE.undecided(node, "transitGatewayId", "which gateway it is cannot be known here")
            return
        message = "names a transit gateway that is neither in this stack nor in deployer.api_access of the spec"
        yield RULE.violation(node, "transitGatewayId", message)


def _is_agreed(node: Node, case: Case) -> bool:
    """A gateway of this stack's own, or the one by which the spec lets its deployers in."""
    named = first(node.inputs, "transitGatewayId")
    return bool(case.graph.references(node, "transitGatewayId", GATEWAY)) or named in case.facts.transit_gateways


def _account(node: Node, path: str, case: Case) -> Iterator[Finding]:
    """Not set means the same account."""
    owner, own = first(node.inputs, path), case.facts.account_id
    if owner is MISSING or (own and owner == own):
        return
    if own and isinstance(owner, str) and not owner.startswith("${"):
        yield RULE.violation(node, path, f"got {owner}; the keep's account is {own}")
    else:
        yield RULE.undecided(node, path, "whose account it is cannot be known here")
