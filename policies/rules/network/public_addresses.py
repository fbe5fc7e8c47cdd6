"""A machine with a public address can be met from anywhere, whatever its groups say tomorrow."""

from collections.abc import Iterator, Mapping

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS

SUBNET = "aws:ec2/subnet:Subnet"
DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
INSTANCE = "aws:ec2/instance:Instance"
ECS_SERVICE = "aws:ecs/service:Service"
OFF = (False, "false")

# What must be off. Where it is not set, machines follow their subnet, and subnets give out none.
SWITCHES: Mapping[str, tuple[str, ...]] = {
    SUBNET: ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"),
    DEFAULT_SUBNET: ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"),
    TEMPLATE: ("networkInterfaces[*].associatePublicIpAddress",),
    INSTANCE: ("associatePublicIpAddress",),
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": ("associatePublicIpAddress",),
    "aws:ec2/launchConfiguration:LaunchConfiguration": ("associatePublicIpAddress",),
    ECS_SERVICE: ("networkConfiguration.assignPublicIp",),
}

RULE = Rule(
    id="public-addresses",
    title="No subnet and no machine gets a public address",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=tuple(SWITCHES),
    requirement=Requirement.ISOLATION,
    why="The keep is reached by private links alone; an address of the internet is a second way in.",
    remedy="turn it off; components.network makes private subnets, components.compute.pool private nodes",
    frameworks={**FRAMEWORKS, "CIS EKS": ("5.4.3",)},
)


@RULE.check
def gives_out_no_public_address(node: Node, _: Case) -> Iterator[Finding]:
    for path in SWITCHES[node.type]:
        handed_out_unasked = node.type == DEFAULT_SUBNET and path == "mapPublicIpOnLaunch"
        yield from RULE.require(
            node, path, lambda value: value in OFF, "must be false", optional=not handed_out_unasked
        )
