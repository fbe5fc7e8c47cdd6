"""A search domain outside of a VPC has a public endpoint, guarded by a policy alone."""

from policies.conditions import FALSE, Expectation, names
from policies.rule import Requirement, Severity, network_rule
from policies.rules._types import DOMAINS
from policies.rules.network._common import FRAMEWORKS

IN_VPC = tuple(
    Expectation(f"vpcOptions.{name}", names("at least one of the keep's own"))
    for name in ("subnetIds", "securityGroupIds")
)

RULE = network_rule(
    id="index-in-network",
    title="Search domains are inside a VPC",
    severity=Severity.CRITICAL,
    requirement=Requirement.ISOLATION,
    why="The index contains the customer's code; its endpoint must have no address outside.",
    remedy="give vpc_options with subnets and security groups, as components.storage.vector_index does",
    frameworks=FRAMEWORKS,
    expects={
        **dict.fromkeys(DOMAINS, IN_VPC),
        "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy": (
            Expectation("policy|[*].AllowFromPublic", FALSE, optional=True),
        ),
    },
    exempt=lambda node, _: node.inputs.get("type") == "encryption",  # a serverless policy of another kind
)
