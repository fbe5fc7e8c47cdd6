"""An endpoint service takes in whomever it names, from any account of the world."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS

SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"

RULE = Rule(
    id="entry-principals",
    title="Endpoint services accept each connection by hand, from the agreed principals alone",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(SERVICE, PRINCIPAL),
    requirement=Requirement.ISOLATION,
    why="The entry is the keep's only door; a wildcard or automatic acceptance leaves it ajar.",
    remedy="name the principals in access.entry_principals of the spec; components.network.entry admits those",
    frameworks={**FRAMEWORKS, "SOC 2": ("CC6.1", "CC6.6"), "ISO 27001": ("A.5.15", "A.8.20")},
)


@RULE.check
def admits_whom_is_agreed(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == SERVICE:
        yield from RULE.require(node, "acceptanceRequired", lambda value: value is True, "must be true")
    named = "allowedPrincipals[*]" if node.type == SERVICE else "principalArn"
    agreed = case.facts.entry_principals
    yield from RULE.require(node, named, _named, "must name one principal", optional=node.type == SERVICE)
    if case.facts.tenant:
        yield from RULE.require(
            node,
            named,
            lambda value: not _named(value) or value in agreed,
            f"must be one of {', '.join(sorted(agreed)) or 'none: the spec names no entry principals'}",
            optional=True,
        )


def _named(value: object) -> bool:
    return isinstance(value, str) and "*" not in value
