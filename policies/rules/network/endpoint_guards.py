"""An interface endpoint is an address in the network: its groups say who reaches it, its names who finds it."""

from collections.abc import Iterator

from policies.conditions import TRUE, names
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules._types import VPC_ENDPOINT
from policies.rules.network._common import FRAMEWORKS
from policies.rules.network.link_services import THEIRS

RULE = network_rule(
    id="endpoint-guards",
    title="Interface endpoints have security groups, and AWS's services their private names",
    severity=Severity.HIGH,
    applies_to=(VPC_ENDPOINT,),
    requirement=Requirement.ISOLATION,
    why="Without groups the default one guards it; without private names clients ask for public addresses.",
    remedy="give security_group_ids and private_dns_enabled=True, as components.network.endpoints does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def is_guarded_and_named(node: Node, _: Case) -> Iterator[Finding]:
    kind, service = first(node.inputs, "vpcEndpointType"), first(node.inputs, "serviceName")
    if kind in (MISSING, "Gateway", "GatewayLoadBalancer"):
        return
    if kind != "Interface":
        yield RULE.undecided(node, "vpcEndpointType", f"{kind!r} is no kind of endpoint that this rule knows")
        return
    yield from RULE.require(node, "securityGroupIds", names("a group; without one the default group guards"))
    if isinstance(service, str) and THEIRS not in service:
        yield from RULE.require(node, "privateDnsEnabled", TRUE)
