"""A backup copied to another region takes everything in it there."""

from collections.abc import Iterator

from policies.graph import Node
from policies.reading import Found
from policies.regions import arns_in, referred_regions
from policies.rule import Case, Finding, Requirement, Scope, Severity, region_rule
from policies.rules.region_lock._common import FRAMEWORKS, outside

PATHS = {
    "aws:backup/plan:Plan": "rules[*].copyActions[*].destinationVaultArn",
    "aws:ebs/snapshotCopy:SnapshotCopy": "sourceRegion",
    "aws:ec2/amiCopy:AmiCopy": "sourceAmiRegion",
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": "destinationRegion",
    "aws:rds/snapshotCopy:SnapshotCopy": "destinationRegion",
}

RULE = region_rule(
    id="region-backups",
    title="Backups and snapshots are copied only within allowed regions",
    severity=Severity.CRITICAL,
    applies_to=tuple(PATHS),
    requirement=Requirement.REGION_LOCK,
    why="A snapshot is a full copy of the data, wherever it is encrypted.",
    remedy="copy only to a vault in regions.recovery",
    frameworks={**FRAMEWORKS, "ISO 27001": ("A.8.12", "A.8.13")},
    scope=Scope.STACK,
)


@RULE.check
def copied_within_allowed_regions(node: Node, case: Case) -> Iterator[Finding]:
    def copied(found: Found) -> Iterator[Finding]:
        text = str(found.value)
        named = [arn.region for arn in arns_in(text)] or referred_regions(text, case.graph) or [text]
        yield from outside(RULE, node, found.path, named, case)

    yield from RULE.each(node, PATHS[node.type], copied)
