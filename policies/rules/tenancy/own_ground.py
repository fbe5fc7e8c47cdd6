"""Pooled keeps bring no ground, and the others stand on nobody else's."""

from collections.abc import Iterator, Mapping

from policies.graph import Node, ResourceGraph
from policies.graph.references import references_in
from policies.reading import MISSING, Found
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.tenancy._tiers import has_own_ground, is_pooled

CLUSTER, STACK_REFERENCE = "aws:eks/cluster:Cluster", "pulumi:pulumi:StackReference"
POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
GROUND: Mapping[str, str] = {
    CLUSTER: "a cluster",
    "aws:ec2/vpc:Vpc": "a network",
    "aws:ec2/subnet:Subnet": "a network's subnet",
    "aws:ec2/internetGateway:InternetGateway": "a way to the internet",
    "aws:ec2/natGateway:NatGateway": "a way to the internet",
    "aws:eks/nodeGroup:NodeGroup": "nodes",
    "aws:opensearch/domain:Domain": "a search domain",
}
"""What the platform has for all its keeps, and a dedicated keep for itself."""

ON_CLUSTER = (
    POD_IDENTITY,
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/addon:Addon",
    "aws:eks/nodeGroup:NodeGroup",
)
"""What is put on a cluster that `clusterName` names."""

RULE = Rule(
    id="own-ground",
    title="Pooled keeps hold no cluster or network; dedicated and premium keeps use their own alone",
    severity=Severity.HIGH,
    family=Family.TENANCY,
    applies_to=tuple(dict.fromkeys((*GROUND, *ON_CLUSTER, STACK_REFERENCE))),
    requirement=Requirement.DEDICATED_TENANCY,
    why="Ground beside the platform escapes its guards; ground shared with others breaks what the tier promises.",
    remedy="use components.keep.pooled_tenant for a pooled keep and components.keep.tenant for one on its own ground",
    frameworks={"SOC 2": ("CC6.1", "C1.1"), "ISO 27001": ("A.5.23", "A.8.22", "A.8.31")},
    scope=Scope.STACK,
)


@RULE.check
def as_the_tier_says(node: Node, case: Case) -> Iterator[Finding]:
    read_only = bool(node.options.get("external"))
    if is_pooled(case.facts):
        if node.type in GROUND and not read_only:
            yield RULE.violation(node, "", f"is {GROUND[node.type]} of its own, which the tier pooled has not")
    elif has_own_ground(case.facts):
        if node.type == STACK_REFERENCE:
            yield RULE.violation(node, "name", "uses what another stack holds")
        elif node.type in GROUND and read_only:
            yield RULE.violation(node, "", f"is {GROUND[node.type]} that another stack holds")
        elif node.type in ON_CLUSTER:
            yield from RULE.each(node, "clusterName", lambda found: _on_own_cluster(node, found, case.graph))


def _on_own_cluster(node: Node, found: Found, graph: ResourceGraph) -> Iterator[Finding]:
    name = str(found.value)
    referred = [graph.get(reference.urn) for reference in references_in(name)]
    if any(each is not None and each.type == CLUSTER for each in referred):
        return
    own = {each.inputs.get("name", MISSING) for each in graph.of_type(CLUSTER)} | {
        each.id for each in graph.of_type(CLUSTER)
    }
    if name not in own:
        yield RULE.violation(node, found.path, f"got {name!r}: must be a cluster of this stack")
