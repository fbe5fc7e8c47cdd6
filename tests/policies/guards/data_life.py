"""Guards of the data-life rules."""

import json
from collections.abc import Mapping

from policies.facts import Facts
from policies.rules.data_life import backups, deletion_protection, protected_data
from tests.policies.guards.guard import Break, Guard

NARROW = [{"id": "some", "status": "Enabled", "filter": {"prefix": "tmp/"}, "expiration": {"days": 1}}]
SWITCHES = deletion_protection.RULE.expects
IN_A_KEEP = tuple(SWITCHES)[:5]
UNTAGGED_ONLY = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 7,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)


def is_protected(facts: Facts) -> bool:
    return facts.protect


GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "audit-object-lock": (
        Guard(
            "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
            drop=True,
            path="rule.defaultRetention.days",
            breaks=(Break.REMOVE,),
            values=(1, 30),
        ),
        Guard(
            "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
            "rule.defaultRetention.mode",
            breaks=(Break.REMOVE,),
            values=("NONE",),
        ),
        Guard(
            "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
            "rule.defaultRetention.mode",
            values=("GOVERNANCE",),
            when=lambda facts: facts.audit_lock == "compliance",
        ),
        Guard(
            "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
            "rule",
            breaks=(Break.REMOVE,),
        ),
        Guard(
            "aws:s3/bucket:Bucket",
            add=({"bucket": "b", "tags": {"codekeep:data-class": "audit"}, "objectLockEnabled": False},),
        ),
    ),
    "backup-vault-lock": (
        Guard("aws:backup/vault:Vault", add=({"name": "vault"},)),
        Guard(
            "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
            add=({"backupVaultName": "vault"}, {"backupVaultName": "vault", "minRetentionDays": 1}),
        ),
    ),
    "backups": (
        *(Guard(token, add=({},)) for token in backups.RULE.applies_to),
        *(
            Guard(token, add=({expected.path: 7, "skipFinalSnapshot": True},), when=is_protected)
            for token, (expected,) in backups.DATABASES.items()
        ),
    ),
    "bucket-retention": (
        Guard(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "rules",
            values=([], NARROW),
            drop=True,
        ),
        Guard(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "rules[0].status",
            values=("Disabled",),
        ),
        Guard(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "rules[0].expiration",
            breaks=(Break.REMOVE,),
        ),
        Guard(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "rules[0].noncurrentVersionExpiration",
            breaks=(Break.REMOVE,),
        ),
        Guard(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "rules[0].noncurrentVersionExpiration.noncurrentDays",
            breaks=(Break.REMOVE,),
            values=(9999,),
        ),
        Guard(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "rules[0].abortIncompleteMultipartUpload",
            breaks=(Break.REMOVE,),
        ),
        Guard(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "rules[0].abortIncompleteMultipartUpload.daysAfterInitiation",
            values=(365,),
        ),
        Guard(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "rules[0].filter.prefix",
            values=("tmp/",),
        ),
    ),
    "bucket-versioning": (
        Guard(
            "aws:s3/bucketVersioning:BucketVersioning",
            "versioningConfiguration.status",
            breaks=(Break.REMOVE,),
            values=("Suspended", "Disabled"),
            drop=True,
        ),
    ),
    "deletion-protection": (
        *(
            Guard(token, SWITCHES[token][0].path, breaks=(Break.REMOVE, Break.FLIP), when=is_protected)
            for token in IN_A_KEEP
        ),
        *(Guard(token, add=({},), when=is_protected) for token in SWITCHES),
    ),
    "image-lifecycle": (
        Guard(
            "aws:ecr/lifecyclePolicy:LifecyclePolicy",
            "policy",
            breaks=(Break.REMOVE,),
            values=(
                '{"rules": []}',
                UNTAGGED_ONLY,
            ),
            drop=True,
        ),
    ),
    "no-force": (
        Guard("aws:s3/bucket:Bucket", add=({"bucket": "b", "forceDestroy": True},)),
        Guard("aws:ecr/repository:Repository", "forceDelete", values=(True,), when=is_protected),
        Guard("aws:backup/vault:Vault", add=({"forceDestroy": True},)),
    ),
    "protected-data": tuple(Guard(token, add=({},), when=is_protected) for token in protected_data.RULE.applies_to),
    "queue-retention": (
        Guard("aws:sqs/queue:Queue", "messageRetentionSeconds", values=(60 * 86400,)),
        Guard("aws:kinesis/stream:Stream", add=({"name": "s", "retentionPeriod": 8760},)),
    ),
    "recovery-copies": (
        Guard("aws:s3/bucketReplicationConfig:BucketReplicationConfig", drop=True),
        Guard("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "rules[*].status", values=("Disabled",)),
        Guard(
            "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
            "rules[*].filter.prefix",
            values=("some/",),
        ),
        Guard(
            "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
            "rules[*].deleteMarkerReplication",
            breaks=(Break.REMOVE,),
        ),
        Guard(
            "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
            "rules[*].deleteMarkerReplication.status",
            values=("Disabled",),
        ),
        Guard(
            "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
            "rules[*].sourceSelectionCriteria",
            breaks=(Break.REMOVE,),
        ),
        Guard(
            "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
            "rules[*].sourceSelectionCriteria.sseKmsEncryptedObjects.status",
            values=("Disabled",),
        ),
    ),
    "secret-recovery": (Guard("aws:secretsmanager/secret:Secret", "recoveryWindowInDays", values=(0, 1)),),
}
