"""Extortion deletes backups first."""

from collections.abc import Iterator

from policies.conditions import Expectation, between
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, data_life_rule
from policies.rules.data_life._common import KEPT

VAULT, LOCK = "aws:backup/vault:Vault", "aws:backup/vaultLockConfiguration:VaultLockConfiguration"

RULE = data_life_rule(
    id="backup-vault-lock",
    title="Backup vaults are locked: no backup goes before its time",
    severity=Severity.HIGH,
    applies_to=(VAULT, LOCK),
    requirement=Requirement.RETENTION,
    why="A stolen role that may delete recovery points deletes the way back too.",
    remedy="add a VaultLockConfiguration with minRetentionDays of a week at least",
    frameworks=KEPT,
    scope=Scope.STACK,
    expects={LOCK: (Expectation("minRetentionDays", between(7, text=True)),)},
)


@RULE.check
def is_locked(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == VAULT and not case.graph.referrers(node, "backupVaultName", LOCK):
        yield RULE.violation(node, "", "has no VaultLockConfiguration")
