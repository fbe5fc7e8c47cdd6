"""IAM statements for the cluster's operators; see grants.py for the workloads."""

from collections.abc import Sequence
from typing import Final

import pulumi

from components.iam_policy import Conditions, Statement
from components.identity import grants
from components.naming import Keep

# The actions of AmazonEKS_CNI_Policy, listed so that the boundary allows them.
CNI_MANAGED_POLICY: Final = "AmazonEKS_CNI_Policy"
CNI: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
    "ec2:CreateTags",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DetachNetworkInterface",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:UnassignPrivateIpAddresses",
)
DESCRIBE_VOLUMES: Final = (
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeTags",
    "ec2:DescribeVolumes",
    "ec2:DescribeVolumesModifications",
)
CREATE_VOLUME: Final = ("ec2:CreateVolume",)
TAG_VOLUME: Final = ("ec2:CreateTags",)
USE_VOLUME: Final = ("ec2:AttachVolume", "ec2:DetachVolume", "ec2:ModifyVolume")
DELETE_VOLUME: Final = ("ec2:DeleteVolume",)
# Amazon EKS User Guide, "Use Kubernetes volume storage with Amazon EBS", custom KMS key (snapshot 2024-12-18).
VOLUME_KEY: Final = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
DESCRIBE_GROUPS: Final = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeAutoScalingInstances",
    "autoscaling:DescribeLaunchConfigurations",
    "autoscaling:DescribeScalingActivities",
    "autoscaling:DescribeTags",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeLaunchTemplateVersions",
    "ec2:GetInstanceTypesFromInstanceRequirements",
)
SCALE_GROUPS: Final = ("autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup")
DESCRIBE_NODE_GROUPS: Final = ("eks:DescribeNodegroup",)
DESCRIBE_TARGETS: Final = (
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
)
BIND_TARGETS: Final = ("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets")

ACTIONS: Final = tuple(
    sorted(
        {
            *CNI,
            *DESCRIBE_VOLUMES,
            *CREATE_VOLUME,
            *TAG_VOLUME,
            *USE_VOLUME,
            *DELETE_VOLUME,
            *DESCRIBE_GROUPS,
            *SCALE_GROUPS,
            *DESCRIBE_NODE_GROUPS,
            *DESCRIBE_TARGETS,
            *BIND_TARGETS,
        }
    )
)
"""All actions above, except those on keys."""

VOLUME_TAG: Final = "ebs.csi.aws.com/cluster"  # the driver's mark on its volumes


def _describe(keep: Keep, sid: str, actions: Sequence[str]) -> Statement:
    return Statement(
        sid=sid,
        actions=actions,
        resources=("*",),
        conditions=grants.in_region(keep),
        wildcard_reason="EC2, Auto Scaling and load balancing describe all of a region's resources or none",
    )


def manage_volumes(keep: Keep, key_arns: Sequence[pulumi.Input[str]]) -> list[Statement]:
    """Statements of the EBS driver: it creates encrypted volumes, and touches only those that it created."""
    volume, instance = keep.arn("ec2", "volume/*"), keep.arn("ec2", "instance/*")
    own: Conditions = {"StringEquals": {f"aws:ResourceTag/{VOLUME_TAG}": "true"}}
    tenant: Conditions = {"StringEquals": {"aws:ResourceTag/codekeep:tenant": keep.tenant}}
    creating: Conditions = {"StringEquals": {"ec2:CreateAction": "CreateVolume"}}
    encrypted: Conditions = {
        "StringEquals": {f"aws:RequestTag/{VOLUME_TAG}": "true"},
        "Bool": {"ec2:Encrypted": "true"},
    }
    return [
        _describe(keep, "LookAtVolumes", DESCRIBE_VOLUMES),
        grants.allow(keep, "CreateVolumes", CREATE_VOLUME, volume, conditions=encrypted),
        grants.allow(keep, "TagNewVolumes", TAG_VOLUME, volume, conditions=creating),
        grants.allow(keep, "UseVolumes", USE_VOLUME, volume, conditions=own),
        grants.allow(keep, "AttachToNodes", ("ec2:AttachVolume", "ec2:DetachVolume"), instance, conditions=tenant),
        grants.allow(keep, "DeleteVolumes", DELETE_VOLUME, volume, conditions=own),
        *grants.use_key(keep, "VolumeKeys", VOLUME_KEY, "ec2", *key_arns),
    ]


def scale_node_groups(keep: Keep, cluster_name: str) -> list[Statement]:
    """Statements of the autoscaler: it sizes the Auto Scaling groups of this cluster's node groups."""
    groups = keep.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/eks-*")
    own: Conditions = {"StringEquals": {"aws:ResourceTag/eks:cluster-name": cluster_name}}
    return [
        _describe(keep, "LookAtGroups", DESCRIBE_GROUPS),
        Statement(
            sid="LookAtNodeGroups",
            actions=DESCRIBE_NODE_GROUPS,
            resources=(keep.arn("eks", f"nodegroup/{cluster_name}/*/*"),),
        ),
        grants.allow(keep, "ScaleGroups", SCALE_GROUPS, groups, conditions=own),
    ]


def read_queue_lengths(keep: Keep, queue_arns: Sequence[pulumi.Input[str]]) -> list[Statement]:
    """Statements of KEDA: it reads the length of the queues."""
    return [grants.allow(keep, "CountMessages", grants.COUNT_MESSAGES, *queue_arns)]


def register_targets(keep: Keep, target_group_arns: Sequence[pulumi.Input[str]]) -> list[Statement]:
    """Statements of the load balancer controller: it registers the gateway's pods with the entry's target group, and
    creates nothing.
    """
    return [
        _describe(keep, "LookAtTargets", DESCRIBE_TARGETS),
        grants.allow(keep, "BindTargets", BIND_TARGETS, *target_group_arns),
    ]
