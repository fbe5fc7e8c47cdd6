"""Whoever reaches the Kubernetes API needs one leaked token and nothing more."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS

CLUSTER = "aws:eks/cluster:Cluster"

RULE = Rule(
    id="cluster-endpoint",
    title="The Kubernetes API of every cluster is private",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(CLUSTER,),
    requirement=Requirement.ISOLATION,
    why="EKS opens the API to the internet unless told otherwise.",
    remedy="set endpoint_public_access=False and endpoint_private_access=True, as components.compute.cluster does",
    frameworks={**FRAMEWORKS, "CIS EKS": ("5.4.1", "5.4.2")},
)


@RULE.check
def is_private(node: Node, _: Case) -> Iterator[Finding]:
    yield from RULE.require(node, "vpcConfig.endpointPublicAccess", lambda value: value is False, "must be false")
    yield from RULE.require(node, "vpcConfig.endpointPrivateAccess", lambda value: value is True, "must be true")
