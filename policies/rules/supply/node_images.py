"""A node whose image is "the newest" runs another system after every scale-up."""

import re

from policies.conditions import Condition, Expectation, matches
from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Requirement, Severity, supply_rule
from policies.rules._types import INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, NODE_GROUP
from policies.rules.supply._common import FRAMEWORKS

RELEASE = matches(
    re.compile(r"^\d+\.\d+\.\d+-(?:\d{8}|[0-9a-f]{8}|\d{4}\.\d{2}\.\d{2})$"),  # Linux, Bottlerocket, Windows
    "must be a release like 1.34.2-20251120; without one EKS takes what is newest on the day",
)
IMAGE = matches(
    re.compile(r"^(?:ami-[0-9a-f]{8,17}|resolve:ssm:[\w./-]+:\d+)$"),
    "must be an ami id or a numbered parameter version",
)
SELECTED = Condition(
    lambda term: "id" in term or ("alias" in term and not str(term["alias"]).endswith("@latest")),
    "must name an id or an alias with a version",
)


def _uses_own_image(node: Node, _: Case) -> bool:
    """Whether a node group takes the image of its launch template, which is judged there."""
    return (
        node.type == NODE_GROUP
        and first(node.inputs, "amiType") == "CUSTOM"
        and first(node.inputs, "releaseVersion") is MISSING
    )


RULE = supply_rule(
    id="node-images",
    title="Every machine image is one exact release",
    severity=Severity.HIGH,
    requirement=Requirement.SUPPLY_CHAIN,
    why="An image found by 'latest' changes between two nodes of one pool, and nobody tried the new one.",
    remedy="name the release, as components.compute.node_pools does with NODE_RELEASES",
    frameworks=FRAMEWORKS,
    expects={
        NODE_GROUP: (Expectation("releaseVersion", RELEASE),),
        # A template may leave the image to the node group that uses it, and an instance to its template.
        LAUNCH_TEMPLATE: (Expectation("imageId", IMAGE, optional=True),),
        INSTANCE: (Expectation("ami", IMAGE, optional=True),),
        LAUNCH_CONFIGURATION: (Expectation("imageId", IMAGE, optional=True),),
        "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass": (Expectation("spec.amiSelectorTerms[*]", SELECTED),),
    },
    exempt=_uses_own_image,
)
