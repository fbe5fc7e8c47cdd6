"""A shared image or snapshot is a disk handed over."""

from collections.abc import Iterator, Mapping

from policies.conditions import Expectation, none_of
from policies.graph import Node
from policies.reading import Found
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS

SHARED_WITH: Mapping[str, tuple[str, ...]] = {
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": (
        "accountId",
        "group",
        "organizationArn",
        "organizationalUnitArn",
    ),
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": ("accountId",),
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
BLOCKED = Expectation("state", none_of("unblocked").because("public sharing must be blocked"))

RULE = network_rule(
    id="public-sharing",
    title="No image, snapshot or document is shared with the public or another account",
    severity=Severity.CRITICAL,
    applies_to=(*SHARED_WITH, *BLOCKS),
    requirement=Requirement.ISOLATION,
    why="A snapshot contains everything that its volume did, readable in the account it is shared with.",
    remedy="remove the permission; copy inside the keep's own account",
    frameworks={**FRAMEWORKS, "SOC 2": ("CC6.1", "CC6.7"), "ISO 27001": ("A.8.3", "A.8.12")},
    expects=dict.fromkeys(BLOCKS, (BLOCKED,)),
)


@RULE.check
def is_shared_with_nobody(node: Node, case: Case) -> Iterator[Finding]:
    def shared(found: Found) -> Iterator[Finding]:
        if not case.facts.account_id or found.value != case.facts.account_id:
            yield RULE.violation(node, found.path, f"shared with {found.value!r}")

    for path in SHARED_WITH.get(node.type, ()):
        yield from RULE.each(node, path, shared)
