"""Databases and caches hold what is derived from code as plainly as the code itself."""

from collections.abc import Iterator

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.encryption._keys import FRAMEWORKS, AtRest, encrypted

STORAGE = AtRest(switch="storageEncrypted", key="kmsKeyId")
INSTANCE = "aws:rds/instance:Instance"
TYPES = {
    INSTANCE: STORAGE,
    "aws:rds/cluster:Cluster": STORAGE,
    "aws:docdb/cluster:Cluster": STORAGE,
    "aws:neptune/cluster:Cluster": AtRest(switch="storageEncrypted", key="kmsKeyArn"),
    "aws:dynamodb/table:Table": AtRest(switch="serverSideEncryption.enabled", key="serverSideEncryption.kmsKeyArn"),
    "aws:elasticache/replicationGroup:ReplicationGroup": AtRest(switch="atRestEncryptionEnabled", key="kmsKeyId"),
    "aws:elasticache/serverlessCache:ServerlessCache": AtRest(key="kmsKeyId"),
    "aws:memorydb/cluster:Cluster": AtRest(key="kmsKeyArn"),
    "aws:redshift/cluster:Cluster": AtRest(switch="encrypted", key="kmsKeyId"),
    "aws:redshiftserverless/namespace:Namespace": AtRest(key="kmsKeyId"),
    "aws:dax/cluster:Cluster": AtRest(switch="serverSideEncryption.enabled"),  # takes no key of the customer's
    "aws:timestreamwrite/database:Database": AtRest(key="kmsKeyId"),
}

RULE = Rule(
    id="cmk-databases",
    title="Databases and caches are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    family=Family.ENCRYPTION,
    applies_to=tuple(TYPES),
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Snapshots of an unencrypted database stay unencrypted, and encryption cannot be switched on afterwards.",
    remedy="switch encryption at rest on and name the key of the data's class",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.2.1",)},
)


@RULE.check
def encrypts_databases(node: Node, _: Case) -> Iterator[Finding]:
    if node.type == INSTANCE and node.inputs.get("replicateSourceDb"):
        return  # a replica of the same region has its source's key
    yield from encrypted(RULE, node, TYPES)
