"""A node whose image is "the newest" runs another system after every scale-up."""

import re
from collections.abc import Iterator

from policies.graph import Node
from policies.reading import MISSING, first
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.supply._common import FRAMEWORKS

GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
INSTANCE = "aws:ec2/instance:Instance"
LEGACY = "aws:ec2/launchConfiguration:LaunchConfiguration"
KARPENTER = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
IMAGE_ID = {TEMPLATE: "imageId", INSTANCE: "ami", LEGACY: "imageId"}

_RELEASE = re.compile(r"^\d+\.\d+\.\d+-(?:\d{8}|[0-9a-f]{8}|\d{4}\.\d{2}\.\d{2})$")  # Linux, Bottlerocket, Windows
_AMI = re.compile(r"^ami-[0-9a-f]{8,17}$")
_PARAMETER_VERSION = re.compile(r"^resolve:ssm:[\w./-]+:\d+$")

RULE = Rule(
    id="node-images",
    title="Every machine image is one exact release",
    severity=Severity.HIGH,
    family=Family.SUPPLY,
    applies_to=(GROUP, *IMAGE_ID, KARPENTER),
    requirement=Requirement.SUPPLY_CHAIN,
    why="An image found by 'latest' changes between two nodes of one pool, and nobody tried the new one.",
    remedy="name the release, as components.compute.node_pools does with NODE_RELEASES",
    frameworks=FRAMEWORKS,
)


@RULE.check
def exact(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == GROUP:
        yield from _group(node)
    elif node.type == KARPENTER:
        yield from RULE.require(
            node,
            "spec.amiSelectorTerms[*]",
            lambda term: "id" in term or ("alias" in term and not str(term["alias"]).endswith("@latest")),
            "must name an id or an alias with a version",
        )
    else:
        # A template may leave the image to the node group that uses it, and an instance to its template.
        yield from RULE.require(
            node, IMAGE_ID[node.type], _exact_image, "must be an ami id or a numbered parameter version", optional=True
        )


def _group(node: Node) -> Iterator[Finding]:
    """The release of AWS's image; a group of custom type takes the image of its template, which is judged there."""
    if first(node.inputs, "amiType") == "CUSTOM" and first(node.inputs, "releaseVersion") is MISSING:
        return
    yield from RULE.require(
        node,
        "releaseVersion",
        lambda release: _RELEASE.match(str(release)) is not None,
        "must be a release like 1.34.2-20251120; without one EKS takes what is newest on the day",
    )


def _exact_image(image: object) -> bool:
    text = str(image)
    return _AMI.match(text) is not None or _PARAMETER_VERSION.match(text) is not None
