"""Pooled keeps have no infrastructure of their own, and the others use nobody else's."""

from collections.abc import Iterator, Mapping

from policies.graph import Node, ResourceGraph
from policies.graph.references import references_in
from policies.reading import MISSING, Found
from policies.rule import Case, Finding, Requirement, Scope, Severity, tenancy_rule
from policies.rules._types import CLUSTER, DOMAINS, NAT_GATEWAY, NODE_GROUP, SUBNET, VPC
from policies.rules.tenancy._tiers import has_own_infrastructure, is_pooled

STACK_REFERENCE = "pulumi:pulumi:StackReference"
INFRASTRUCTURE: Mapping[str, str] = {
    CLUSTER: "a cluster",
    VPC: "a network",
    SUBNET: "a network's subnet",
    "aws:ec2/internetGateway:InternetGateway": "a way to the internet",
    NAT_GATEWAY: "a way to the internet",
    NODE_GROUP: "nodes",
    DOMAINS[0]: "a search domain",
}
"""What the platform has for all its keeps, and a dedicated keep for itself."""

ON_CLUSTER = (
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/addon:Addon",
    NODE_GROUP,
)
"""Types whose `clusterName` names the cluster that they belong to."""

RULE = tenancy_rule(
    id="own-ground",
    title="Pooled keeps have no cluster or network; dedicated and premium keeps use only their own",
    severity=Severity.HIGH,
    applies_to=tuple(dict.fromkeys((*INFRASTRUCTURE, *ON_CLUSTER, STACK_REFERENCE))),
    requirement=Requirement.DEDICATED_TENANCY,
    why="A network beside the platform escapes its guards; one shared with others breaks what the tier promises.",
    remedy="use components.keep.pooled_tenant for a pooled keep, else components.keep.tenant",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.5.23", "A.8.22", "A.8.31")},
    scope=Scope.STACK,
)


@RULE.check
def as_the_tier_says(node: Node, case: Case) -> Iterator[Finding]:
    read_only = bool(node.options.get("external"))
    if is_pooled(case.facts):
        if node.type in INFRASTRUCTURE and not read_only:
            message = f"is {INFRASTRUCTURE[node.type]} of its own, which the tier pooled does not have"
            yield RULE.violation(node, "", message)
    elif has_own_infrastructure(case.facts):
        if node.type == STACK_REFERENCE:
            yield RULE.violation(node, "name", "uses resources of another stack")
        elif node.type in INFRASTRUCTURE and read_only:
            yield RULE.violation(node, "", f"is {INFRASTRUCTURE[node.type]} of another stack")
        elif node.type in ON_CLUSTER:
            yield from RULE.each(node, "clusterName", lambda found: _on_own_cluster(node, found, case.graph))


def _on_own_cluster(node: Node, found: Found, graph: ResourceGraph) -> Iterator[Finding]:
    name, clusters = str(found.value), graph.of_type(CLUSTER)
    if any(reference.urn == cluster.urn for reference in references_in(name) for cluster in clusters):
        return
    if name not in {identity for each in clusters for identity in (each.inputs.get("name", MISSING), each.id)}:
        yield RULE.violation(node, found.path, f"got {name!r}: must be a cluster of this stack")
