"""Routes decide whether the firewall is on the way or beside it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.network._common import FRAMEWORKS, is_public, network_of, without_agreement
from policies.rules.network._ways import ROUTE, TABLE, Way, leads_to_firewall, map_of, tables_of, ways

RULE = Rule(
    id="firewalled-routes",
    title="Every route outside leads through the keep's firewall: workload, firewall, NAT gateway, internet gateway",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(ROUTE, TABLE),
    requirement=Requirement.ISOLATION,
    why="One route past the firewall makes its allow-list a suggestion.",
    remedy="leave routes outside to components.network.egress",
    frameworks={**FRAMEWORKS, "SOC 2": ("CC6.6", "CC6.7")},
    scope=Scope.STACK,
)


@RULE.check
def leads_through_the_firewall(node: Node, case: Case) -> Iterator[Finding]:
    for way in ways(node):
        targets = [target for target in way.targets if target.value != "local"]
        for found in way.destinations:
            if not targets:
                continue
            network = network_of(found.value)
            if found.path.endswith("PrefixListId"):
                yield RULE.undecided(node, found.path, "what a prefix list leads to is not to be seen here")
            elif network is None:
                yield RULE.undecided(node, found.path, f"{found.value!r} names no address range that is known yet")
            elif is_public(network):
                yield from without_agreement(RULE, node, found.path, case, f"leads to {found.value}")
                if case.facts.egress == "allow-list":
                    for target in targets:
                        yield from _target(way, target, case)


def _target(way: Way, target: Found, case: Case) -> Iterator[Finding]:
    """Each stretch of the way starts where the stretch before it ends."""
    kind = target.path.rpartition(".")[2]
    chart = case.graph.derived(map_of)
    if kind == "vpcEndpointId":
        through = leads_to_firewall(way, target, case.graph)
        if through is None:
            yield RULE.undecided(way.node, target.path, "the firewall's endpoints are not known yet")
        elif not through:
            yield RULE.violation(way.node, target.path, f"got {target.value!r}, which is no endpoint of the firewall")
    elif kind == "gatewayId":
        yield from _starts_in(way, target, case, chart.with_nat, "only the NAT gateways' subnets lead to the internet")
    elif kind == "natGatewayId":
        yield from _starts_in(way, target, case, chart.with_firewall, "only firewall subnets lead to NAT gateways")
    else:
        yield RULE.violation(way.node, target.path, f"leads outside by {kind}, past the firewall")


def _starts_in(way: Way, target: Found, case: Case, places: frozenset[str], message: str) -> Iterator[Finding]:
    chart = case.graph.derived(map_of)
    subnets = {urn for table in tables_of(way.node, case.graph) for urn in chart.subnets.get(table.urn, ())}
    if not subnets or not subnets <= places:
        yield RULE.violation(way.node, target.path, message)
