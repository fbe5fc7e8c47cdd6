"""A search domain outside of a VPC has a public endpoint, guarded by a policy alone."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS

DOMAIN = "aws:opensearch/domain:Domain"
OLD_DOMAIN = "aws:elasticsearch/domain:Domain"
SERVERLESS = "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"

RULE = Rule(
    id="index-in-network",
    title="Search domains stand inside a VPC",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(DOMAIN, OLD_DOMAIN, SERVERLESS),
    requirement=Requirement.ISOLATION,
    why="The index holds the customer's code; its endpoint must have no address outside.",
    remedy="give vpc_options with subnets and security groups, as components.storage.vector_index does",
    frameworks=FRAMEWORKS,
)


@RULE.check
def stands_inside(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == SERVERLESS:
        if node.inputs.get("type") != "encryption":
            yield from RULE.require(
                node, "policy|[*].AllowFromPublic", lambda value: value is False, "must be false", optional=True
            )
        return
    for name in ("subnetIds", "securityGroupIds"):
        yield from RULE.require(node, f"vpcOptions.{name}", bool, "must name at least one of the keep's own")
