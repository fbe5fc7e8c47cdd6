"""Guards of the region-lock rules."""

import json
from collections.abc import Mapping
from typing import Any

from tests.policies.guards.guard import Break, Guard


def _granting(condition: dict[str, Any]) -> str:
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "region-arns": (
        Guard("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", breaks=(Break.MOVE,)),
        Guard("aws:sqs/queue:Queue", "kmsMasterKeyId", breaks=(Break.MOVE,)),
        Guard(
            "aws:iam/rolePolicy:RolePolicy",
            "policy|Statement[0].Resource",
            values=("arn:aws:sqs:us-east-1:111122223333:out", "arn:aws:kms:*:111122223333:key/*"),
        ),
    ),
    "region-backups": (
        Guard(
            "aws:backup/plan:Plan",
            add=(
                {
                    "name": "abroad",
                    "rules": [
                        {
                            "ruleName": "daily",
                            "targetVaultName": "vault",
                            "copyActions": [
                                {"destinationVaultArn": "arn:aws:backup:us-east-1:111122223333:backup-vault:far"}
                            ],
                        }
                    ],
                },
            ),
        ),
        Guard(
            "aws:ebs/snapshotCopy:SnapshotCopy",
            add=({"sourceRegion": "us-east-1", "sourceSnapshotId": "snap-0123456789abcdef0"},),
        ),
        Guard(
            "aws:ec2/amiCopy:AmiCopy",
            add=({"sourceAmiRegion": "us-east-1", "sourceAmiId": "ami-0123456789abcdef0"},),
        ),
    ),
    "region-bucket-replication": (
        Guard(
            "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
            "rules[*].destination.bucket",
            values=("arn:aws:s3:::somebody-elses-bucket",),
        ),
    ),
    "region-conditions": (
        Guard(
            "aws:iam/rolePolicy:RolePolicy",
            add=tuple(
                {"role": "reader", "policy": _granting(condition)}
                for condition in (
                    {"StringEquals": {"aws:RequestedRegion": ["eu-central-1", "us-east-1"]}},
                    {"StringLike": {"aws:RequestedRegion": "*"}},
                    {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
                )
            ),
        ),
        Guard(
            "aws:kms/key:Key",
            "policy|Statement[0].Condition",
            values=({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},),
        ),
    ),
    "region-endpoint-services": (
        Guard("aws:ec2/vpcEndpoint:VpcEndpoint", "serviceName", breaks=(Break.REMOVE, Break.MOVE)),
        Guard("aws:ec2/vpcEndpoint:VpcEndpoint", "serviceRegion", values=("us-east-1",)),
        Guard(
            "aws:ec2/vpcEndpointService:VpcEndpointService",
            "supportedRegions",
            values=(["eu-central-1", "us-east-1"],),
        ),
    ),
    "region-global-services": (
        Guard("aws:cloudfront/distribution:Distribution", add=({"enabled": True},)),
        Guard("aws:globalaccelerator/accelerator:Accelerator", add=({"name": "fast"},)),
        Guard("aws:ecrpublic/repository:Repository", add=({"repositoryName": "public"},)),
        Guard("aws:wafv2/webAcl:WebAcl", add=({"scope": "CLOUDFRONT"},)),
    ),
    "region-key-replicas": (
        Guard(
            "aws:kms/replicaKey:ReplicaKey",
            "region",
            breaks=(Break.REMOVE, Break.MOVE),
            values=("us-east-1",),
        ),
        Guard(
            "aws:kms/replicaKey:ReplicaKey",
            add=({"primaryKeyArn": "arn:aws:kms:eu-central-1:1:key/mrk-1", "region": "us-east-1"},),
        ),
    ),
    "region-providers": (
        Guard("pulumi:providers:aws", "region", breaks=(Break.REMOVE, Break.MOVE), values=("us-east-1",)),
    ),
    "region-replicas": (
        Guard(
            "aws:secretsmanager/secret:Secret",
            "replicas[*].region",
            breaks=(Break.MOVE,),
        ),
        Guard("aws:secretsmanager/secret:Secret", "replicas", values=([{"region": "us-east-1"}],)),
        Guard(
            "aws:ecr/replicationConfiguration:ReplicationConfiguration",
            "replicationConfiguration.rules[*].destinations[*].region",
            breaks=(Break.MOVE,),
        ),
    ),
    "region-resources": (
        *(
            Guard(each, "region", values=("ap-southeast-4", "us-east-1"))
            for each in ("aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:ec2/vpc:Vpc")
        ),
        Guard("aws:s3/bucket:Bucket", "region", breaks=(Break.MOVE,)),
        Guard("aws:sqs/queue:Queue", add=({"name": "foreign", "region": "us-west-2"},)),
    ),
    "region-trail": (Guard("aws:cloudtrail/trail:Trail", "isOrganizationTrail", values=(True,)),),
    "region-zones": (
        Guard("aws:ec2/subnet:Subnet", "availabilityZone", breaks=(Break.MOVE,), values=("us-west-2-lax-1a",)),
        Guard("aws:ec2/capacityReservation:CapacityReservation", "availabilityZone", breaks=(Break.MOVE,)),
        Guard("aws:ec2/dedicatedHost:DedicatedHost", "availabilityZone", breaks=(Break.MOVE,)),
    ),
}
