"""To Pulumi, a renamed resource is one to delete and one to create."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, data_life_rule
from policies.rules._types import BUCKETS, CLUSTER, DOMAINS, KEY, REPLICA_KEY
from policies.rules.data_life._common import KEPT

RULE = data_life_rule(
    id="protected-data",
    title="Pulumi refuses to delete what contains data",
    severity=Severity.MEDIUM,
    applies_to=(
        *BUCKETS,
        KEY,
        REPLICA_KEY,
        "aws:kms/externalKey:ExternalKey",
        *DOMAINS,
        CLUSTER,
        "aws:rds/instance:Instance",
        "aws:rds/cluster:Cluster",
        "aws:dynamodb/table:Table",
        "aws:efs/fileSystem:FileSystem",
        "aws:fsx/lustreFileSystem:LustreFileSystem",
        "aws:backup/vault:Vault",
        "aws:docdb/cluster:Cluster",
        "aws:neptune/cluster:Cluster",
    ),
    requirement=Requirement.RETENTION,
    why="An edit of the program that replaces a bucket, an index or a key deletes what was in it.",
    remedy="pass protect=True in the resource's options; components do where the spec leaves `protect` on",
    frameworks={**KEPT, "SOC 2": ("A1.2", "CC8.1")},
    exempt=lambda _, case: not case.facts.protect,  # a trial shall be removable
)


@RULE.check
def is_protected(node: Node, _: Case) -> Iterator[Finding]:
    """Options are the program's: a resource read from an account has none. `retainOnDelete` keeps the data too."""
    if not (node.options.get("protect") or node.options.get("retainOnDelete")):
        yield RULE.violation(node, "", "lacks the option protect")
