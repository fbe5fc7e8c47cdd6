"""A replica is the data itself, somewhere else."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.region_lock._common import FRAMEWORKS, outside

SECRET, REGISTRY = "aws:secretsmanager/secret:Secret", "aws:ecr/replicationConfiguration:ReplicationConfiguration"
PATHS = {
    SECRET: "replicas[*].region",
    REGISTRY: "replicationConfiguration.rules[*].destinations[*].region",
    "aws:dynamodb/table:Table": "replicas[*].regionName",
    "aws:ssmincidents/replicationSet:ReplicationSet": "regions[*].name",
}

RULE = Rule(
    id="region-replicas",
    title="Secrets, images and tables replicate only to allowed regions",
    severity=Severity.CRITICAL,
    family=Family.REGION_LOCK,
    applies_to=tuple(PATHS),
    requirement=Requirement.REGION_LOCK,
    why="Replication copies continuously and without a further decision.",
    remedy="replicate only to regions.recovery, or take the replica out",
    frameworks=FRAMEWORKS,
)


@RULE.check
def replicates_within_allowed_regions(node: Node, case: Case) -> Iterator[Finding]:
    yield from RULE.each(node, PATHS[node.type], lambda found: outside(RULE, node, found.path, [found.value], case))
