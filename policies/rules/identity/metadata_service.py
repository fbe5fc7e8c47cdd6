"""A pod or a forged request that reaches the metadata service is the node's role."""

from collections.abc import Iterator, Mapping

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

LAUNCH_TEMPLATE, INSTANCE = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
WHERE: Mapping[str, str] = {
    LAUNCH_TEMPLATE: "metadataOptions.",
    INSTANCE: "metadataOptions.",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": "metadataOptions.",
    "aws:ec2/launchConfiguration:LaunchConfiguration": "metadataOptions.",
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": "",
}
"""Type → where its settings of the metadata service are."""

RULE = Rule(
    id="metadata-service",
    title="Instances answer metadata requests only by IMDSv2, and to no hop beyond themselves",
    severity=Severity.HIGH,
    family=Family.IDENTITY,
    applies_to=(*WHERE, NODE_GROUP),
    requirement=Requirement.ACCESS_CONTROL,
    why="IMDSv1 gives the role's keys to any request that can be forged; a second hop gives them to every pod.",
    remedy="require tokens with a hop limit of 1, as the launch templates of components.compute.node_pools do",
    frameworks={
        "CIS AWS": ("5.6",),
        "SOC 2": ("CC6.1", "CC6.6"),
        "ISO 27001": ("A.5.17", "A.8.5", "A.8.9"),
    },
)


@RULE.check
def tokens_and_one_hop(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == NODE_GROUP:
        yield from RULE.require(
            node, "launchTemplate", lambda _: True, "EKS's own template lets pods reach the metadata service"
        )
        return
    at = WHERE[node.type]
    if first(node.inputs, f"{at}httpEndpoint") == "disabled":
        return
    template = first(node.inputs, "launchTemplate")
    if template is not MISSING and first(node.inputs, "metadataOptions") is MISSING:
        return  # the template's settings hold, and the template is judged
    yield from RULE.require(node, f"{at}httpTokens", lambda value: value == "required", "must be required")
    yield from RULE.require(node, f"{at}httpPutResponseHopLimit", lambda hops: int(hops) == 1, "must be 1")
