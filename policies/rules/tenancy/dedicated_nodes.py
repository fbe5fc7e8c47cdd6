"""A premium keep shares its machines with nobody, down to the hardware."""

from collections.abc import Iterator

from policies.conditions import one_of
from policies.graph import Node, ResourceGraph
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Scope, Severity, tenancy_rule
from policies.rules._types import INSTANCE, LAUNCH_TEMPLATE, NODE_GROUP, RESERVATION, VPC

FARGATE = "aws:eks/fargateProfile:FargateProfile"
OWN_HARDWARE = one_of("dedicated", "host")

RULE = tenancy_rule(
    id="dedicated-nodes",
    title="Every node of a premium keep runs on hardware of its own",
    severity=Severity.HIGH,
    applies_to=(NODE_GROUP, "aws:autoscaling/group:Group", INSTANCE, RESERVATION, FARGATE),
    requirement=Requirement.DEDICATED_TENANCY,
    why="The premium tier promises that no other customer's machine shares a processor with the code.",
    remedy="set tenancy dedicated or host for the pool; components.compute.node_hardware places its nodes so",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.5.23", "A.8.22", "A.8.31")},
    scope=Scope.STACK,
    exempt=lambda _, case: case.facts.tier != "premium" or case.graph.derived(_networks_are_dedicated),
)


@RULE.check
def own_hardware(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == FARGATE:
        yield RULE.violation(node, "", "runs pods on machines that AWS shares among its customers")
    elif node.type == RESERVATION or (node.type == INSTANCE and "launchTemplate" not in node.inputs):
        yield from RULE.require(node, "tenancy", OWN_HARDWARE)
    else:
        yield from _by_template(node, case.graph)


def _networks_are_dedicated(graph: ResourceGraph) -> bool:
    """Whatever starts in a network of dedicated tenancy is dedicated."""
    networks = graph.of_type(VPC)
    return bool(networks) and all(each.inputs.get("instanceTenancy") == "dedicated" for each in networks)


def _by_template(node: Node, graph: ResourceGraph) -> Iterator[Finding]:
    named = [name for name in ("launchTemplate", "mixedInstancesPolicy") if name in node.inputs]
    if not named:
        yield RULE.violation(node, "launchTemplate", "not set: AWS's own template places nodes on shared machines")
        return
    templates = graph.references(node, named[0], LAUNCH_TEMPLATE)
    if not templates:
        yield RULE.undecided(node, named[0], "the launch template is not one of this stack")
    for template in templates:
        tenancy = first(template.inputs, "placement.tenancy")
        if tenancy is not MISSING and not isinstance(tenancy, str):
            yield RULE.undecided(template, "placement.tenancy")
        elif not OWN_HARDWARE.holds(tenancy):
            message = f"got {tenancy!r} for {node.name}: {OWN_HARDWARE.allowed}"
            yield RULE.violation(template, "placement.tenancy", message)
