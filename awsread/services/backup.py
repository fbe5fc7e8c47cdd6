"""AWS Backup: vaults and their locks."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import pick, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads


@reads("backup", "aws:backup/vault:Vault")
def vault(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    backup = aws.client("backup")
    found = or_none(backup.describe_backup_vault, BackupVaultName=id)
    if found is None:
        return None
    return {
        **pick(found, arn="BackupVaultArn", kmsKeyArn="EncryptionKeyArn"),
        "name": id,
        "recoveryPoints": found.get("NumberOfRecoveryPoints", 0),
        "tags": tag_map(backup.list_tags(ResourceArn=found["BackupVaultArn"]).get("Tags", {})),
    }


@reads("backup", "aws:backup/vaultLockConfiguration:VaultLockConfiguration", fixed="changeableForDays")
def vault_lock_configuration(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """Its id is the vault's name."""
    found = or_none(aws.client("backup").describe_backup_vault, BackupVaultName=id)
    if found is None or not found.get("Locked"):
        return None
    return {**pick(found, "BackupVaultArn", "MaxRetentionDays", "MinRetentionDays"), "backupVaultName": id}
