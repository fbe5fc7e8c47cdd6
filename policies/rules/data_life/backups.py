"""A database without backups is one mistake away from empty."""

from collections.abc import Iterator

from policies.conditions import FALSE, TRUE, Expectation, between, equals
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Scope, Severity, data_life_rule
from policies.rules.data_life._common import KEPT

FILES, FILE_BACKUPS = "aws:efs/fileSystem:FileSystem", "aws:efs/backupPolicy:BackupPolicy"
A_WEEK = between(7, unit="days", text=True)
DATABASES = {
    "aws:rds/instance:Instance": (Expectation("backupRetentionPeriod", A_WEEK),),
    "aws:rds/cluster:Cluster": (Expectation("backupRetentionPeriod", A_WEEK),),
    "aws:docdb/cluster:Cluster": (Expectation("backupRetentionPeriod", A_WEEK),),
    "aws:neptune/cluster:Cluster": (Expectation("backupRetentionPeriod", A_WEEK),),
    "aws:redshift/cluster:Cluster": (Expectation("automatedSnapshotRetentionPeriod", A_WEEK),),
}
"""Types that can take a last snapshot when they are deleted."""

RULE = data_life_rule(
    id="backups",
    title="Databases, tables and file systems are backed up, a last time when they are deleted",
    severity=Severity.HIGH,
    requirement=Requirement.RETENTION,
    why="Deletion protection does not help against what is deleted from within.",
    remedy="turn backups on and keep them for a week at least; never skip the final snapshot",
    frameworks=KEPT,
    scope=Scope.STACK,
    # Search domains are missing here: the service takes their hourly snapshots whatever the program says.
    expects={
        **DATABASES,
        "aws:elasticache/replicationGroup:ReplicationGroup": (
            Expectation("snapshotRetentionLimit", between(1, unit="days", text=True)),
        ),
        "aws:dynamodb/table:Table": (Expectation("pointInTimeRecovery.enabled", TRUE),),
        FILE_BACKUPS: (Expectation("backupPolicy.status", equals("ENABLED")),),
        FILES: (),
    },
)


@RULE.check
def is_backed_up(node: Node, case: Case) -> Iterator[Finding]:
    if node.type == FILES and not case.graph.referrers(node, "fileSystemId", FILE_BACKUPS):
        yield RULE.violation(node, "", "has no BackupPolicy")
    if node.type in DATABASES and case.facts.protect:
        yield from RULE.require(node, "skipFinalSnapshot", FALSE, optional=True)
