"""Access entries say who may enter a cluster, not a ConfigMap that anybody inside may edit."""

from collections.abc import Iterator

from policies.conditions import FALSE, Expectation, equals
from policies.graph import Node
from policies.reading import first
from policies.rule import Case, Finding, Requirement, Severity, identity_rule
from policies.rules._types import CLUSTER, CONFIG_MAP

RULE = identity_rule(
    id="cluster-authentication",
    title="Clusters admit by access entries alone, and not whoever created them",
    severity=Severity.HIGH,
    applies_to=(CLUSTER, CONFIG_MAP),
    requirement=Requirement.ACCESS_CONTROL,
    why="aws-auth is changed from inside the cluster and seen by no trail; the creator stays administrator for ever.",
    remedy="set authentication mode API and no creator's permissions, as components.compute.cluster does",
    frameworks={"CIS EKS": ("5.5.1",), "SOC 2": ("CC6.1", "CC6.2"), "ISO 27001": ("A.5.15", "A.5.16", "A.8.2")},
    expects={
        CLUSTER: (
            Expectation("accessConfig.authenticationMode", equals("API")),
            Expectation("accessConfig.bootstrapClusterCreatorAdminPermissions", FALSE),
        )
    },
)


@RULE.check
def no_other_admission(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == CONFIG_MAP and first(node.inputs, "metadata.name") == "aws-auth":
        yield RULE.violation(node, "metadata.name", "maps principals into the cluster past its access entries")
