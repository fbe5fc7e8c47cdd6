"""Databases and caches contain what is derived from code, as readable as the code itself."""

from policies.rule import Requirement, Severity, encryption_rule
from policies.rules.encryption._at_rest import FRAMEWORKS, at_rest

INSTANCE = "aws:rds/instance:Instance"

RULE = encryption_rule(
    id="cmk-databases",
    title="Databases and caches are encrypted with the keep's own keys",
    severity=Severity.HIGH,
    requirement=Requirement.ENCRYPTION_AT_REST,
    why="Snapshots of an unencrypted database stay unencrypted, and encryption cannot be switched on afterwards.",
    remedy="switch encryption at rest on and name the key of the data's class",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.2.1",)},
    expects={
        INSTANCE: at_rest("kmsKeyId", "storageEncrypted"),
        "aws:rds/cluster:Cluster": at_rest("kmsKeyId", "storageEncrypted"),
        "aws:docdb/cluster:Cluster": at_rest("kmsKeyId", "storageEncrypted"),
        "aws:neptune/cluster:Cluster": at_rest("kmsKeyArn", "storageEncrypted"),
        "aws:dynamodb/table:Table": at_rest("serverSideEncryption.kmsKeyArn", "serverSideEncryption.enabled"),
        "aws:elasticache/replicationGroup:ReplicationGroup": at_rest("kmsKeyId", "atRestEncryptionEnabled"),
        "aws:elasticache/serverlessCache:ServerlessCache": at_rest("kmsKeyId"),
        "aws:memorydb/cluster:Cluster": at_rest("kmsKeyArn"),
        "aws:redshift/cluster:Cluster": at_rest("kmsKeyId", "encrypted"),
        "aws:redshiftserverless/namespace:Namespace": at_rest("kmsKeyId"),
        "aws:dax/cluster:Cluster": at_rest(switch="serverSideEncryption.enabled"),  # takes no key of a customer's
        "aws:timestreamwrite/database:Database": at_rest("kmsKeyId"),
    },
    # A replica in the same region uses its source's key.
    exempt=lambda node, _: node.type == INSTANCE and bool(node.inputs.get("replicateSourceDb")),
)
