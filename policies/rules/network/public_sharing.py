"""A shared image or snapshot is a disk handed over."""

from collections.abc import Iterator, Mapping

from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS

LAUNCH = "aws:ec2/amiLaunchPermission:AmiLaunchPermission"
VOLUME = "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission"
WITH: Mapping[str, tuple[str, ...]] = {
    LAUNCH: ("accountId", "group", "organizationArn", "organizationalUnitArn"),
    VOLUME: ("accountId",),
    "aws:rds/snapshot:Snapshot": ("sharedAccounts[*]",),
    "aws:rds/clusterSnapshot:ClusterSnapshot": ("sharedAccounts[*]",),
    "aws:rds/snapshotCopy:SnapshotCopy": ("sharedAccounts[*]",),
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": ("sharedAccounts[*]",),
    "aws:ssm/document:Document": ("permissions.account_ids", "permissions.accountIds"),
}
BLOCKS = (
    "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
)

RULE = Rule(
    id="public-sharing",
    title="No image, snapshot or document is shared with the public or another account",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(*WITH, *BLOCKS),
    requirement=Requirement.ISOLATION,
    why="A snapshot holds all that its volume held, readable in the account it is shared with.",
    remedy="remove the permission; copy inside the keep's own account",
    frameworks={**FRAMEWORKS, "SOC 2": ("CC6.1", "CC6.7"), "ISO 27001": ("A.8.3", "A.8.12")},
)


@RULE.check
def is_shared_with_nobody(node: Node, case: Case) -> Iterator[Finding]:
    if node.type in BLOCKS:
        yield from RULE.require(node, "state", lambda state: state != "unblocked", "must block public sharing")
        return
    own = case.facts.account_id

    def shared(found: Found) -> Iterator[Finding]:
        if not own or found.value != own:
            yield RULE.violation(node, found.path, f"shared with {found.value!r}")

    for path in WITH[node.type]:
        yield from RULE.each(node, path, shared)
