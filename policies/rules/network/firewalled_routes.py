"""Routes decide whether traffic passes the firewall or goes around it."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Finding, Requirement, Scope, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS, public_range, without_agreement
from policies.rules.network._routes import ROUTE, TABLE, Route, leads_to_firewall, routes, tables_of, topology_of

RULE = network_rule(
    id="firewalled-routes",
    title="Every route outside leads through the keep's firewall: workload, firewall, NAT gateway, internet gateway",
    severity=Severity.CRITICAL,
    applies_to=(ROUTE, TABLE),
    requirement=Requirement.ISOLATION,
    why="One route past the firewall makes its allow-list a suggestion.",
    remedy="leave routes outside to components.network.egress",
    frameworks={**FRAMEWORKS, "SOC 2": ("CC6.6", "CC6.7")},
    scope=Scope.STACK,
)


@RULE.check
def leads_through_the_firewall(node: Node, case: Case) -> Iterator[Finding]:
    for route in routes(node):
        targets = [target for target in route.targets if target.value != "local"]
        for found in route.destinations if targets else ():
            yield from _destination(route, found, targets, case)


def _destination(route: Route, found: Found, targets: list[Found], case: Case) -> Iterator[Finding]:
    def outside() -> Iterator[Finding]:
        yield from without_agreement(RULE, route.node, found.path, case, f"leads to {found.value}")
        if case.facts.egress == "allow-list":
            for target in targets:
                yield from _target(route, target, case)

    if found.path.endswith("PrefixListId"):
        yield RULE.undecided(route.node, found.path, "where a prefix list leads is not in the route")
    else:
        yield from public_range(RULE, route.node, found, outside)


def _target(route: Route, target: Found, case: Case) -> Iterator[Finding]:
    """Each section of the path starts where the section before it ends."""
    kind = target.path.rpartition(".")[2]
    topology = case.graph.derived(topology_of)
    if kind == "vpcEndpointId":
        through = leads_to_firewall(route, target, case.graph)
        if through is None:
            yield RULE.undecided(route.node, target.path, "the firewall's endpoints are not known yet")
        elif not through:
            yield RULE.violation(route.node, target.path, f"got {target.value!r}, which is no endpoint of the firewall")
    elif kind == "gatewayId":
        yield from _starts_in(route, target, case, topology.with_nat, "the NAT gateways' subnets lead to the internet")
    elif kind == "natGatewayId":
        yield from _starts_in(route, target, case, topology.with_firewall, "firewall subnets lead to NAT gateways")
    else:
        yield RULE.violation(route.node, target.path, f"leads outside by {kind}, past the firewall")


def _starts_in(route: Route, target: Found, case: Case, allowed: frozenset[str], message: str) -> Iterator[Finding]:
    by_table = case.graph.derived(topology_of).by_table
    subnets = {urn for table in tables_of(route.node, case.graph) for urn in by_table.get(table.urn, ())}
    if not subnets or not subnets <= allowed:
        yield RULE.violation(route.node, target.path, f"only {message}")
