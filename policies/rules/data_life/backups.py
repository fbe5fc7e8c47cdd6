"""A database without backups is one mistake away from empty."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Scope, Severity
from policies.rules.data_life._common import KEPT, number

LEAST_DAYS = 7
FILES, FILE_BACKUPS = "aws:efs/fileSystem:FileSystem", "aws:efs/backupPolicy:BackupPolicy"


@dataclass(frozen=True, kw_only=True)
class _Backup:
    """What must hold at a path; not set is not enough for any of these."""

    path: str
    holds: Callable[[Any], bool]
    message: str


def _days(path: str, *, least: int = LEAST_DAYS) -> _Backup:
    return _Backup(
        path=path,
        holds=lambda days: number(days) >= least,
        message=f"must be {least} days or more",
    )


# Search domains are missing here: the service takes their hourly snapshots whatever the program says.
BACKUPS: Mapping[str, tuple[_Backup, ...]] = {
    "aws:rds/instance:Instance": (_days("backupRetentionPeriod"),),
    "aws:rds/cluster:Cluster": (_days("backupRetentionPeriod"),),
    "aws:docdb/cluster:Cluster": (_days("backupRetentionPeriod"),),
    "aws:neptune/cluster:Cluster": (_days("backupRetentionPeriod"),),
    "aws:redshift/cluster:Cluster": (_days("automatedSnapshotRetentionPeriod"),),
    "aws:elasticache/replicationGroup:ReplicationGroup": (_days("snapshotRetentionLimit", least=1),),
    "aws:dynamodb/table:Table": (
        _Backup(path="pointInTimeRecovery.enabled", holds=lambda value: value is True, message="must be true"),
    ),
    FILE_BACKUPS: (
        _Backup(path="backupPolicy.status", holds=lambda value: value == "ENABLED", message="must be ENABLED"),
    ),
}
LAST_SNAPSHOTS = tuple(BACKUPS)[:5]

RULE = Rule(
    id="backups",
    title="Databases, tables and file systems are backed up, a last time when they are deleted",
    severity=Severity.HIGH,
    family=Family.DATA_LIFE,
    applies_to=(*BACKUPS, FILES),
    requirement=Requirement.RETENTION,
    why="Deletion protection does not help against what is deleted from within.",
    remedy="turn backups on and keep them for a week at least; never skip the final snapshot",
    frameworks=KEPT,
    scope=Scope.STACK,
)


@RULE.check
def is_backed_up(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == FILES and not case.graph.referrers(node, "fileSystemId", FILE_BACKUPS):
        yield RULE.violation(node, "", "has no BackupPolicy")
    for backup in BACKUPS.get(node.type, ()):
        yield from RULE.require(node, backup.path, backup.holds, backup.message)
    if node.type in LAST_SNAPSHOTS and case.facts.protect:
        yield from RULE.require(node, "skipFinalSnapshot", lambda value: value is False, "must be false", optional=True)
