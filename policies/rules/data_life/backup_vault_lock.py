"""Backups are the first thing that extortion deletes."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.data_life._common import KEPT, number

VAULT, LOCK = "aws:backup/vault:Vault", "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
LEAST_DAYS = 7

RULE = Rule(
    id="backup-vault-lock",
    title="Backup vaults are locked: no backup goes before its time",
    severity=Severity.HIGH,
    family=Family.DATA_LIFE,
    applies_to=(VAULT, LOCK),
    requirement=Requirement.RETENTION,
    why="With the right to delete recovery points, a stolen role takes the way back along.",
    remedy="add a VaultLockConfiguration with minRetentionDays of a week at least",
    frameworks=KEPT,
    scope=Scope.STACK,
)


@RULE.check
def is_locked(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == LOCK:
        yield from RULE.require(
            node, "minRetentionDays", lambda days: number(days) >= LEAST_DAYS, f"must be {LEAST_DAYS} or more"
        )
    elif not case.graph.referrers(node, "backupVaultName", LOCK):
        yield RULE.violation(node, "", "has no VaultLockConfiguration")
