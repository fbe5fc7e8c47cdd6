"""A renamed resource is, to Pulumi, one to delete and one to create."""

from collections.abc import Iterator

from policies.graph import Node
from policies.graph.model import BUCKET_TYPES
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.data_life._common import KEPT

HOLDS_DATA = (
    *BUCKET_TYPES,
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    "aws:opensearch/domain:Domain",
    "aws:elasticsearch/domain:Domain",
    "aws:eks/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:dynamodb/table:Table",
    "aws:efs/fileSystem:FileSystem",
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    "aws:backup/vault:Vault",
    "aws:docdb/cluster:Cluster",
    "aws:neptune/cluster:Cluster",
)

RULE = Rule(
    id="protected-data",
    title="Pulumi refuses to delete what holds data",
    severity=Severity.MEDIUM,
    family=Family.DATA_LIFE,
    applies_to=HOLDS_DATA,
    requirement=Requirement.RETENTION,
    why="An edit of the program that replaces a bucket, an index or a key deletes what was in it.",
    remedy="pass protect=True in the resource's options; components do where the spec leaves `protect` on",
    frameworks={**KEPT, "SOC 2": ("A1.2", "CC8.1")},
)


@RULE.check
def is_protected(node: Node, case: Case) -> Iterator[Finding]:
    """Options are the program's: what is read from an account has none, and `retainOnDelete` keeps the data too."""
    options = node.options
    if case.facts.protect and not (options.get("protect") or options.get("retainOnDelete")):
        yield RULE.violation(node, "", "lacks the option protect")
