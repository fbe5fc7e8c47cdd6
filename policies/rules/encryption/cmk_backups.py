"""A backup contains everything at once."""

from policies.rule import Requirement, Severity, encryption_rule
from policies.rules.encryption._at_rest import at_rest

RULE = encryption_rule(
    id="cmk-backups",
    title="Backup vaults, snapshot copies and image copies are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="A copy under another key stays readable after the customer has withdrawn theirs.",
    remedy="name the keep's own key on the vault or the copy",
    frameworks={"SOC 2": ("CC6.1", "A1.2"), "ISO 27001": ("A.8.13", "A.8.24")},
    expects={
        "aws:backup/vault:Vault": at_rest("kmsKeyArn"),
        "aws:ebs/snapshotCopy:SnapshotCopy": at_rest("kmsKeyId", "encrypted"),
        "aws:ec2/amiCopy:AmiCopy": at_rest("kmsKeyId", "encrypted"),
        "aws:rds/snapshotCopy:SnapshotCopy": at_rest("kmsKeyId"),
        "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": at_rest("kmsKeyId"),
    },
)
