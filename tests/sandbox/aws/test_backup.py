"""AWS Backup through the provider."""

import pytest

from tests.sandbox.aws.harness import CheckError, ProviderError

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"
ROLE = "arn:aws:iam::123456789012:role/backup"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def test_a_vault_passes_the_lifecycle(lifecycle, unique):
    made = lifecycle(
        VAULT,
        {"kmsKeyArn": KEY, "tags": {"a": "b", "c": "d"}},
        {"kmsKeyArn": KEY, "forceDestroy": True, "tags": {"a": "e"}},
        drift=lambda api, made: api.client("backup").tag_resource(ResourceArn=made.outputs["arn"], Tags={"a": "x"}),
    )
    assert made.outputs["arn"].endswith(f":backup-vault:{made.id}")
    lifecycle(VAULT, {"name": f"{unique}a"}, {"name": f"{unique}b"}, expect_replace={"name"})


def test_a_vault_lock_passes_the_lifecycle(plugin, lifecycle, unique):
    vault = plugin.create(VAULT, f"{unique}-vault", {})
    base = {"backupVaultName": vault.id, "minRetentionDays": 7}
    lifecycle(
        LOCK,
        {**base, "maxRetentionDays": 365},
        {**base, "maxRetentionDays": 730},
        expect_replace={"maxRetentionDays"},
        drift=lambda api, made: api.client("backup").put_backup_vault_lock_configuration(
            BackupVaultName=vault.id, MinRetentionDays=1
        ),
    )


def test_a_plan_and_its_selection_pass_the_lifecycle(plugin, lifecycle, unique):
    vault = plugin.create(VAULT, f"{unique}-vault", {})

    def rules(days):
        lifecycle_of_points = {"deleteAfter": days}
        return [
            {
                "ruleName": "daily",
                "targetVaultName": vault.id,
                "schedule": "cron(0 5 ? * * *)",
                "lifecycle": lifecycle_of_points,
            }
        ]

    made = lifecycle(PLAN, {"rules": rules(30), "tags": {"a": "b"}}, {"rules": rules(90)})
    assert made.outputs["rules"][0]["startWindow"] == 60
    plan = plugin.create(PLAN, f"{unique}-plan", {"rules": rules(30)})
    changed = plugin.update(plan, {"rules": rules(31)})
    assert changed.outputs["version"] != plan.outputs["version"]
    tags = [{"type": "STRINGEQUALS", "key": "codekeep:tenant", "value": "acme"}]
    base = {"planId": plan.id, "iamRoleArn": ROLE, "selectionTags": tags}
    lifecycle(SELECTION, base, {**base, "resources": ["arn:aws:s3:::b"]}, expect_replace={"resources"})
    selection = plugin.create(SELECTION, f"{unique}-selection", base)
    with pytest.raises(ProviderError, match="ConditionType is 'LIKE'; allowed: STRINGEQUALS"):
        plugin.create(SELECTION, f"{unique}x", {**base, "selectionTags": [{**tags[0], "type": "LIKE"}]})
    plugin.delete(plan)
    assert plugin.read(selection) is None


def test_invalid_plans_are_refused(plugin, unique):
    with pytest.raises(CheckError, match="at least one rule"):
        plugin.check(PLAN, unique, {"rules": []})
    with pytest.raises(ProviderError, match="no backup vault 'nowhere'"):
        plugin.create(PLAN, unique, {"rules": [{"ruleName": "daily", "targetVaultName": "nowhere"}]})
