"""An interface endpoint is an address inside: who may speak to it, and under which name it is found."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS
from policies.rules.network.link_services import THEIRS

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"

RULE = Rule(
    id="endpoint-guards",
    title="Interface endpoints have security groups, and AWS's services their private names",
    severity=Severity.HIGH,
    family=Family.NETWORK,
    applies_to=(ENDPOINT,),
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
        yield RULE.undecided(node, "vpcEndpointType", f"{kind!r} is no kind of endpoint that is judged here")
        return
    yield from RULE.require(node, "securityGroupIds", bool, "must name a group; without one the default group guards")
    if isinstance(service, str) and THEIRS not in service:
        yield from RULE.require(node, "privateDnsEnabled", lambda value: value is True, "must be true")
