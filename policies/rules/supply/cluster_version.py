"""A cluster of a version that nobody mends any more keeps its holes."""

import re
from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.supply._common import FRAMEWORKS

CLUSTER = "aws:eks/cluster:Cluster"
GROUP = "aws:eks/nodeGroup:NodeGroup"
OLDEST = (1, 33)  # raise it when EKS ends a version's standard support
_VERSION = re.compile(r"^(\d+)\.(\d+)$")

RULE = Rule(
    id="cluster-version",
    title="Clusters and nodes name a Kubernetes version that is supported",
    severity=Severity.MEDIUM,
    family=Family.SUPPLY,
    applies_to=(CLUSTER, GROUP),
    requirement=Requirement.SUPPLY_CHAIN,
    why="Left out, the version is what EKS makes the default that day; too old, it gets no fixes and costs six times.",
    remedy="set version, as components.compute.cluster does",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.8.8", "A.8.19")},
)


@RULE.check
def supported(node: Node, _: Case) -> Iterator[Finding]:
    oldest = ".".join(map(str, OLDEST))
    yield from RULE.require(
        node,
        "version",
        _recent,
        f"must be {oldest} or later",
        optional=node.type == GROUP,  # it takes the cluster's
    )


def _recent(version: object) -> bool:
    match = _VERSION.match(str(version))
    return match is not None and (int(match.group(1)), int(match.group(2))) >= OLDEST
