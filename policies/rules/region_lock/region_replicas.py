"""A replica is the data itself, somewhere else."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, region_rule
from policies.rules._types import SECRET
from policies.rules.region_lock._common import FRAMEWORKS, allowed_region

PATHS = {
    SECRET: "replicas[*].region",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": (
        "replicationConfiguration.rules[*].destinations[*].region"
    ),
    "aws:dynamodb/table:Table": "replicas[*].regionName",
    "aws:ssmincidents/replicationSet:ReplicationSet": "regions[*].name",
}

RULE = region_rule(
    id="region-replicas",
    title="Secrets, images and tables replicate only to allowed regions",
    severity=Severity.CRITICAL,
    applies_to=tuple(PATHS),
    requirement=Requirement.REGION_LOCK,
    why="Replication copies continuously and without a further decision.",
    remedy="replicate only to regions.recovery, or take the replica out",
    frameworks=FRAMEWORKS,
)


@RULE.check
def replicates_within_allowed_regions(node: Node, case: Case) -> Iterator[Finding]:
    yield from RULE.require(node, PATHS[node.type], allowed_region(case), optional=True)
