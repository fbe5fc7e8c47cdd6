"""A machine with a public address can be reached from anywhere, whatever its groups say tomorrow."""

from policies.conditions import OFF, Expectation
from policies.rule import Requirement, Severity, network_rule
from policies.rules._types import INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, SUBNET
from policies.rules.network._common import FRAMEWORKS

NO_ADDRESS = (Expectation("associatePublicIpAddress", OFF, optional=True),)  # by default as the subnet says
NO_IPV6 = Expectation("assignIpv6AddressOnCreation", OFF, optional=True)

RULE = network_rule(
    id="public-addresses",
    title="No subnet and no machine gets a public address",
    severity=Severity.CRITICAL,
    requirement=Requirement.ISOLATION,
    why="The keep is reached by private links alone; an address of the internet is a second way in.",
    remedy="turn it off; components.network makes private subnets, components.compute.pool private nodes",
    frameworks={**FRAMEWORKS, "CIS EKS": ("5.4.3",)},
    expects={
        SUBNET: (Expectation("mapPublicIpOnLaunch", OFF, optional=True), NO_IPV6),
        "aws:ec2/defaultSubnet:DefaultSubnet": (Expectation("mapPublicIpOnLaunch", OFF), NO_IPV6),
        LAUNCH_TEMPLATE: (Expectation("networkInterfaces[*].associatePublicIpAddress", OFF, optional=True),),
        INSTANCE: NO_ADDRESS,
        "aws:ec2/spotInstanceRequest:SpotInstanceRequest": NO_ADDRESS,
        LAUNCH_CONFIGURATION: NO_ADDRESS,
        "aws:ecs/service:Service": (Expectation("networkConfiguration.assignPublicIp", OFF, optional=True),),
    },
)
