"""An endpoint service admits whomever it names, from any account of the world."""

from collections.abc import Iterator

from policies.conditions import TRUE, Condition, Expectation
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS

SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
ONE_PRINCIPAL = Condition(lambda value: isinstance(value, str) and "*" not in value, "must name one principal")

RULE = network_rule(
    id="entry-principals",
    title="Endpoint services accept each connection manually, from the agreed principals alone",
    severity=Severity.CRITICAL,
    requirement=Requirement.ISOLATION,
    why="The entry is the keep's only door; a wildcard or automatic acceptance leaves it ajar.",
    remedy="name the principals in access.entry_principals of the spec; components.network.entry admits those",
    frameworks={**FRAMEWORKS, "SOC 2": ("CC6.1", "CC6.6"), "ISO 27001": ("A.5.15", "A.8.20")},
    expects={
        SERVICE: (
            Expectation("acceptanceRequired", TRUE),
            Expectation("allowedPrincipals[*]", ONE_PRINCIPAL, optional=True),
        ),
        PRINCIPAL: (Expectation("principalArn", ONE_PRINCIPAL),),
    },
)


@RULE.check
def admits_the_agreed(node: Node, case: Case) -> Iterator[Finding]:
    agreed = case.facts.entry_principals
    is_agreed = Condition(
        lambda value: not ONE_PRINCIPAL.holds(value) or value in agreed,
        f"must be {' or '.join(sorted(agreed)) or 'absent: the spec names no entry principals'}",
    )
    if case.facts.tenant:
        path = "allowedPrincipals[*]" if node.type == SERVICE else "principalArn"
        yield from RULE.require(node, path, is_agreed, optional=True)
