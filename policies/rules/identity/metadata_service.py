"""A pod or a forged request that reaches the metadata service acts as the node's role."""

from collections.abc import Iterator, Mapping

from policies.conditions import SET, Condition, Expectation, equals
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, identity_rule
from policies.rules._types import INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, NODE_GROUP

ONE_HOP = Condition(lambda hops: int(hops) == 1, "must be 1")
PREFIXES: Mapping[str, str] = {
    LAUNCH_TEMPLATE: "metadataOptions.",
    INSTANCE: "metadataOptions.",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": "metadataOptions.",
    LAUNCH_CONFIGURATION: "metadataOptions.",
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": "",
}
"""Type → what comes before its settings of the metadata service."""

RULE = identity_rule(
    id="metadata-service",
    title="Instances answer metadata requests only by IMDSv2, and to no hop beyond themselves",
    severity=Severity.HIGH,
    applies_to=(*PREFIXES, NODE_GROUP),
    requirement=Requirement.ACCESS_CONTROL,
    why="IMDSv1 gives the role's keys to any request that can be forged; a second hop gives them to every pod.",
    remedy="require tokens with a hop limit of 1, as the launch templates of components.compute.node_pools do",
    frameworks={
        "CIS AWS": ("5.6",),
        "SOC 2": ("CC6.1", "CC6.6"),
        "ISO 27001": ("A.5.17", "A.8.5", "A.8.9"),
    },
    expects={
        NODE_GROUP: (
            Expectation("launchTemplate", SET.because("EKS's own template lets pods reach the metadata service")),
        )
    },
)


@RULE.check
def tokens_and_one_hop(node: Node, _: Case) -> Iterator[Finding]:
    prefix = PREFIXES.get(node.type)
    if prefix is None or first(node.inputs, f"{prefix}httpEndpoint") == "disabled":
        return
    template = first(node.inputs, "launchTemplate")
    if template is not MISSING and first(node.inputs, "metadataOptions") is MISSING:
        return  # the template's settings apply, and the template is judged
    yield from RULE.require(node, f"{prefix}httpTokens", equals("required"))
    yield from RULE.require(node, f"{prefix}httpPutResponseHopLimit", ONE_HOP)
