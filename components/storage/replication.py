"""Copies of a keep's buckets in its recovery region, under that region's keys, within minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import BucketRole
from pulumi_aws import iam, s3

from components.arns import role_arn, via_service
from components.iam_policy import Conditions, Statement, document, trust_policy
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.storage.bucket import KeepBucket

RECOVERY_POINT_MINUTES = 15  # the only time that S3 guarantees

# What a restore needs. Clones are fetched again from the customer's Git host, access logs belong to their region.
REPLICATED = (BucketRole.SNAPSHOTS, BucketRole.MODELS, BucketRole.ARTIFACTS, BucketRole.PROMPTS, BucketRole.AUDIT)


def replication_role_arn(keep: Keep) -> str:
    """The role with which S3 copies. The buckets admit it from outside the network."""
    return role_arn(keep.physical("replication"), keep.account_id, keep.region)


@dataclass(frozen=True, kw_only=True)
class ReplicationArgs:
    """`sources` and `replicas` have the same roles."""

    keep: Keep
    keys: KeyRing
    region: str
    sources: Mapping[BucketRole, KeepBucket]
    replicas: Mapping[BucketRole, KeepBucket]

    def __post_init__(self) -> None:
        if not self.sources or self.sources.keys() != self.replicas.keys():
            raise ValueError(
                f"sources and replicas must have the same buckets, got {sorted(self.sources)} and "
                f"{sorted(self.replicas)}"
            )


class Replication(pulumi.ComponentResource):
    """One role that can copy from the sources to the replicas, and one rule per bucket."""

    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ReplicationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:replication:Replication", name, None, opts)
        self._name, self._args = name, args

        role = self._role()
        permission = self._permit(role)
        for bucket_role in args.sources:
            self._copy(bucket_role, role, permission)

        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})

    def _role(self) -> iam.Role:
        keep = self._args.keep
        return iam.Role(
            self._name,
            name=keep.physical("replication"),
            description=f"S3 copies the buckets of {keep.tenant} to {self._args.region}",
            assume_role_policy=trust_policy("s3.amazonaws.com"),  # S3's guide knows no source for replication
            tags=keep.tags(DataClass.CONFIG),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _permit(self, role: iam.Role) -> iam.RolePolicy:
        return iam.RolePolicy(
            self._name,
            name="replicate",
            role=role.name,
            policy=document(*self._bucket_statements(), *self._key_statements()),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _bucket_statements(self) -> list[Statement]:
        sources = [source.ref.arn for source in self._args.sources.values()]
        replicas = [replica.ref.arn for replica in self._args.replicas.values()]
        reading = (
            "s3:GetObjectVersionForReplication",
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionTagging",
            "s3:GetObjectRetention",
            "s3:GetObjectLegalHold",
        )
        writing = ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")
        return [
            Statement(sid="ReadRules", actions=("s3:GetReplicationConfiguration", "s3:ListBucket"), resources=sources),
            Statement(sid="ReadVersions", actions=reading, resources=_objects(sources)),
            Statement(sid="WriteReplicas", actions=writing, resources=_objects(replicas)),
        ]

    def _key_statements(self) -> list[Statement]:
        args = self._args
        classes = sorted({source.ref.data_class for source in args.sources.values()})
        sources, replicas = [args.keys.arn(each) for each in classes], [args.keys.replica_arn(each) for each in classes]
        writing = ("kms:Encrypt", "kms:GenerateDataKey")
        return [
            _use_keys("DecryptSources", ("kms:Decrypt",), sources, args.keep.region),
            _use_keys("EncryptReplicas", writing, replicas, args.region),
        ]

    def _copy(self, bucket_role: BucketRole, role: iam.Role, permission: iam.RolePolicy) -> None:
        args = self._args
        source, replica = args.sources[bucket_role], args.replicas[bucket_role]
        s3.BucketReplicationConfig(
            f"{self._name}-{bucket_role.value}",
            bucket=source.ref.name,
            role=role.arn,
            rules=[
                {
                    "id": "recovery",
                    "priority": 0,
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    # Deletions reach the copy as well: what the customer deletes is deleted everywhere.
                    "delete_marker_replication": {"status": "Enabled"},
                    "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                    "destination": self._destination(replica),
                }
            ],
            # S3 accepts no rule before both buckets keep versions.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[source.versioning, replica.versioning, permission]),
        )

    def _destination(self, replica: KeepBucket) -> s3.BucketReplicationConfigRuleDestinationArgsDict:
        return {
            "bucket": replica.ref.arn,
            "storage_class": "STANDARD_IA",
            "encryption_configuration": {"replica_kms_key_id": self._args.keys.replica_arn(replica.ref.data_class)},
            "replication_time": {"status": "Enabled", "time": {"minutes": RECOVERY_POINT_MINUTES}},
            "metrics": {"status": "Enabled", "event_threshold": {"minutes": RECOVERY_POINT_MINUTES}},
        }


def _objects(bucket_arns: Sequence[pulumi.Output[str]]) -> list[pulumi.Output[str]]:
    return [pulumi.Output.concat(arn, "/*") for arn in bucket_arns]


def _use_keys(sid: str, actions: Sequence[str], key_arns: Sequence[pulumi.Output[str]], region: str) -> Statement:
    through: Conditions = {"StringEquals": {"kms:ViaService": via_service("s3", region)}}
    return Statement(sid=sid, actions=actions, resources=key_arns, conditions=through)
