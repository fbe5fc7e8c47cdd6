"""A backup is everything at once."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import AtRest, encrypted

TYPES = {
    "aws:backup/vault:Vault": AtRest(key="kmsKeyArn"),
    "aws:ebs/snapshotCopy:SnapshotCopy": AtRest(switch="encrypted", key="kmsKeyId"),
    "aws:ec2/amiCopy:AmiCopy": AtRest(switch="encrypted", key="kmsKeyId"),
    "aws:rds/snapshotCopy:SnapshotCopy": AtRest(key="kmsKeyId"),
    "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": AtRest(key="kmsKeyId"),
}

RULE = Rule(
    id="cmk-backups",
    title="Backup vaults, snapshot copies and image copies are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=tuple(TYPES),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="What is copied under another key outlives the day on which the customer withdraws theirs.",
    remedy="name the keep's own key on the vault or the copy",
    frameworks={"SOC 2": ("CC6.1", "A1.2"), "ISO 27001": ("A.8.13", "A.8.24")},
)


@RULE.check
def encrypts_backups(node: Node, _: Case) -> Iterator[Finding]:
    yield from encrypted(RULE, node, TYPES)
