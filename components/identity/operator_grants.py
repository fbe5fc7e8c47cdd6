"""What the cluster's operators may do, as statements; see grants.py for the workloads'."""

from collections.abc import Sequence
from typing import Final

import pulumi

from components.arns import arn, service_host
from components.iam_policy import Statement
from components.identity import grants
from components.naming import Keep

# As AmazonEKS_CNI_Policy has them; here so that the boundary lets them through.
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
LOOK_AT_VOLUMES: Final = (
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
VOLUME_KEY: Final = ("kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext")
LOOK_AT_GROUPS: Final = (
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
LOOK_AT_NODE_GROUPS: Final = ("eks:DescribeNodegroup",)
LOOK_AT_TARGETS: Final = (
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
            *LOOK_AT_VOLUMES,
            *CREATE_VOLUME,
            *TAG_VOLUME,
            *USE_VOLUME,
            *DELETE_VOLUME,
            *LOOK_AT_GROUPS,
            *SCALE_GROUPS,
            *LOOK_AT_NODE_GROUPS,
            *LOOK_AT_TARGETS,
            *BIND_TARGETS,
        }
    )
)
"""All of the above but the key's."""

LOOKING_REASON: Final = "EC2, Auto Scaling and load balancing describe all of a region's resources or none"
VOLUME_TAG: Final = "ebs.csi.aws.com/cluster"  # what the driver marks its volumes with


def volumes(keep: Keep, key_arns: Sequence[pulumi.Input[str]]) -> list[Statement]:
    """The EBS driver: make encrypted volumes, and touch only those it made."""
    volume = arn("ec2", "volume/*", region=keep.region, account_id=keep.account_id)
    instance = arn("ec2", "instance/*", region=keep.region, account_id=keep.account_id)
    ours = {"StringEquals": {f"aws:ResourceTag/{VOLUME_TAG}": "true"}}
    return [
        Statement(
            sid="LookAtVolumes",
            actions=LOOK_AT_VOLUMES,
            resources=("*",),
            conditions=grants.in_region(keep),
            wildcard_reason=LOOKING_REASON,
        ),
        Statement(
            sid="CreateVolumes",
            actions=CREATE_VOLUME,
            resources=(volume,),
            conditions={
                "StringEquals": {f"aws:RequestTag/{VOLUME_TAG}": "true"},
                "Bool": {"ec2:Encrypted": "true"},
            },
        ),
        Statement(
            sid="TagNewVolumes",
            actions=TAG_VOLUME,
            resources=(volume,),
            conditions={"StringEquals": {"ec2:CreateAction": "CreateVolume"}},
        ),
        Statement(sid="UseVolumes", actions=USE_VOLUME, resources=(volume,), conditions=ours),
        Statement(
            sid="AttachToNodes",
            actions=("ec2:AttachVolume", "ec2:DetachVolume"),
            resources=(instance,),
            conditions={"StringEquals": {"aws:ResourceTag/codekeep:tenant": keep.tenant}},
        ),
        Statement(sid="DeleteVolumes", actions=DELETE_VOLUME, resources=(volume,), conditions=ours),
        Statement(
            sid="VolumeKeys",
            actions=VOLUME_KEY,
            resources=tuple(key_arns),
            conditions={"StringEquals": {"kms:ViaService": service_host("ec2", keep.region)}},
        ),
    ]


def scaling(keep: Keep, cluster_name: str) -> list[Statement]:
    """The autoscaler: size the groups of this cluster's node groups."""
    groups = arn(
        "autoscaling",
        "autoScalingGroup:*:autoScalingGroupName/eks-*",
        region=keep.region,
        account_id=keep.account_id,
    )
    return [
        Statement(
            sid="LookAtGroups",
            actions=LOOK_AT_GROUPS,
            resources=("*",),
            conditions=grants.in_region(keep),
            wildcard_reason=LOOKING_REASON,
        ),
        Statement(
            sid="LookAtNodeGroups",
            actions=LOOK_AT_NODE_GROUPS,
            resources=(arn("eks", f"nodegroup/{cluster_name}/*/*", region=keep.region, account_id=keep.account_id),),
        ),
        Statement(
            sid="ScaleGroups",
            actions=SCALE_GROUPS,
            resources=(groups,),
            conditions={"StringEquals": {"aws:ResourceTag/eks:cluster-name": cluster_name}},
        ),
    ]


def counting(keep: Keep, queue_arns: Sequence[pulumi.Input[str]]) -> list[Statement]:
    """KEDA: see how long the queues are."""
    return [
        Statement(
            sid="CountMessages",
            actions=grants.COUNT_MESSAGES,
            resources=tuple(queue_arns),
            conditions=grants.in_region(keep),
        )
    ]


def binding(keep: Keep, target_group_arns: Sequence[pulumi.Input[str]]) -> list[Statement]:
    """The load balancer controller: put the gateway's pods behind the entry; it may create nothing."""
    return [
        Statement(
            sid="LookAtTargets",
            actions=LOOK_AT_TARGETS,
            resources=("*",),
            conditions=grants.in_region(keep),
            wildcard_reason=LOOKING_REASON,
        ),
        Statement(
            sid="BindTargets",
            actions=BIND_TARGETS,
            resources=tuple(target_group_arns),
            conditions=grants.in_region(keep),
        ),
    ]
