"""EKS clusters and node groups run a version that still gets fixes."""

import re

from policies.conditions import Condition, Expectation
from policies.rule import Requirement, Severity, supply_rule
from policies.rules._types import CLUSTER, NODE_GROUP
from policies.rules.supply._common import FRAMEWORKS

OLDEST = (1, 33)  # raise it when EKS ends a version's standard support
_VERSION = re.compile(r"^(\d+)\.(\d+)$")


def _is_recent(version: object) -> bool:
    match = _VERSION.match(str(version))
    return match is not None and (int(match.group(1)), int(match.group(2))) >= OLDEST


SUPPORTED = Condition(_is_recent, f"must be {'.'.join(map(str, OLDEST))} or later")

RULE = supply_rule(
    id="cluster-version",
    title="Clusters and nodes name a Kubernetes version that is supported",
    severity=Severity.MEDIUM,
    requirement=Requirement.SUPPLY_CHAIN,
    why="Left out, the version is EKS's default on the day; too old, it gets no fixes and costs six times as much.",
    remedy="set version, as components.compute.cluster does",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.8.8", "A.8.19")},
    expects={
        CLUSTER: (Expectation("version", SUPPORTED),),
        NODE_GROUP: (Expectation("version", SUPPORTED, optional=True),),  # by default the cluster's
    },
)
