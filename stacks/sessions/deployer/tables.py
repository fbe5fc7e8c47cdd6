"""Which actions a type of resource needs: what the sandbox saw, and what AWS's own provider calls besides."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

RECORDED: Final = Path(__file__).with_name("recorded.toml")
PROVIDER: Final = Path(__file__).with_name("provider.toml")
INVOKES: Final = "invokes"  # functions of the provider, such as getPrefixList

# Before a program runs: what the account has and offers (sessions/existing.py, offerings.py, reachability); and what
# `check --live` finds by its tag.
PREFLIGHT: Final = (
    "access-analyzer:ListAnalyzers",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeManagedPrefixLists",
    "guardduty:ListDetectors",
    "iam:ListRoles",
    "servicequotas:GetServiceQuota",
    "tag:GetResources",
)
# What `up` asks of a registry, and `images mirror` and a push send to it (Amazon ECR User Guide, "IAM permissions for
# pushing an image").
ASK_IMAGES: Final = ("ecr:DescribeImages",)
PUSH_IMAGES: Final = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
REGISTRY: Final = ("ecr:GetAuthorizationToken",)
# `models push`: in parts (Amazon S3 User Guide, "Multipart upload and permissions").
PUSH_MODELS: Final = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject")
# Roles that AWS makes when a service is first used in an account: by type, whose.
SERVICE_ROLES: Final[Mapping[str, str]] = {
    "aws:accessanalyzer/analyzer:Analyzer": "access-analyzer.amazonaws.com",
    "aws:ec2/natGateway:NatGateway": "nat.amazonaws.com",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": "transitgateway.amazonaws.com",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": "replication.ecr.amazonaws.com",
    "aws:eks/cluster:Cluster": "eks.amazonaws.com",
    "aws:eks/nodeGroup:NodeGroup": "eks-nodegroup.amazonaws.com",
    "aws:guardduty/detector:Detector": "guardduty.amazonaws.com",
    "aws:kms/replicaKey:ReplicaKey": "mrk.kms.amazonaws.com",
    "aws:lb/loadBalancer:LoadBalancer": "elasticloadbalancing.amazonaws.com",
    "aws:networkfirewall/firewall:Firewall": "network-firewall.amazonaws.com",
    "aws:opensearch/domain:Domain": "opensearchservice.amazonaws.com",
}
# Services that get a role of the keep from the deployer: by type, whose.
PASSED: Final[Mapping[str, str]] = {
    "aws:cloudtrail/trail:Trail": "cloudtrail.amazonaws.com",
    "aws:ec2/flowLog:FlowLog": "vpc-flow-logs.amazonaws.com",
    "aws:eks/cluster:Cluster": "eks.amazonaws.com",
    "aws:eks/nodeGroup:NodeGroup": "ec2.amazonaws.com",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "pods.eks.amazonaws.com",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "s3.amazonaws.com",
}


@cache
def by_type() -> Mapping[str, frozenset[str]]:
    """Actions of each type."""
    recorded, provider = (tomllib.loads(each.read_text(encoding="utf-8")) for each in (RECORDED, PROVIDER))
    return {
        token: frozenset(recorded.get(token, ())) | frozenset(provider.get(token, ()))
        for token in {*recorded, *provider}
    }


def actions_for(types: Iterable[str]) -> frozenset[str]:
    """Actions that `up`, `refresh`, `destroy`, live checks and what runs before them need for resources of these types.

    Raises:
        KeyError: the tables do not have a type.
    """
    found = frozenset(PREFLIGHT).union(by_type()[INVOKES], *(by_type()[each] for each in types))
    return found | {"ec2:DeleteTags"} if "ec2:CreateTags" in found else found  # a tag may leave the spec
