"""Who may enter a cluster stands in access entries, not in a ConfigMap that anybody inside may edit."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

CLUSTER, CONFIG_MAP = "aws:eks/cluster:Cluster", "kubernetes:core/v1:ConfigMap"
MODE, CREATOR = "accessConfig.authenticationMode", "accessConfig.bootstrapClusterCreatorAdminPermissions"

RULE = Rule(
    id="cluster-authentication",
    title="Clusters admit by access entries alone, and not whoever created them",
    severity=Severity.HIGH,
    family=Family.IDENTITY,
    applies_to=(CLUSTER, CONFIG_MAP),
    requirement=Requirement.ACCESS_CONTROL,
    why="aws-auth is changed from inside the cluster and seen by no trail; the creator stays administrator for ever.",
    remedy="set authentication mode API and no creator's permissions, as components.compute.cluster does",
    frameworks={"CIS EKS": ("5.5.1",), "SOC 2": ("CC6.1", "CC6.2"), "ISO 27001": ("A.5.15", "A.5.16", "A.8.2")},
)


@RULE.check
def entries_alone(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == CONFIG_MAP:
        if first(node.inputs, "metadata.name") == "aws-auth":
            yield RULE.violation(node, "metadata.name", "maps principals into the cluster past its access entries")
        return
    yield from RULE.require(node, MODE, lambda mode: mode == "API", "must be API")
    yield from RULE.require(node, CREATOR, lambda value: value is False, "must be false")
