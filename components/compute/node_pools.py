"""The node pools of a keep: one launch template and one managed node group each.

The image is AWS's for EKS, at a pinned release: nodes change with a commit, not with AWS's current recommendation.
With our own image id, managed node groups would not add labels, taints and the cluster's address; so the group gets an
image type and release, and the template no image.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2, eks

from components.compute.node_hardware import NodeHardware, NodeHardwareArgs
from components.compute.node_role import NodeRole
from components.compute.node_user_data import encoded_user_data
from components.compute.pool import Pool, PoolRole
from components.naming import LABEL_PREFIX, DataClass, Keep

GPU_TAINT = "nvidia.com/gpu"
ROOT_DEVICE = "/dev/xvda"
METADATA_HOPS = 1  # a pod would need two to reach the metadata service

AMI_TYPES: Mapping[tuple[str, bool], str] = {
    ("x86_64", False): "AL2023_x86_64_STANDARD",
    ("arm64", False): "AL2023_ARM_64_STANDARD",
    ("x86_64", True): "AL2023_x86_64_NVIDIA",
}

# The same for every image type. Try a new release on a test keep first.
NODE_RELEASES: Mapping[str, str] = {"1.34": "1.34.2-20251120"}

DATA_CLASS_OF_POOL: Mapping[PoolRole, DataClass] = {
    PoolRole.SYSTEM: DataClass.CODE,
    PoolRole.INGEST: DataClass.CODE,
    PoolRole.GPU_SERVE: DataClass.MODEL,
    PoolRole.GPU_BATCH: DataClass.MODEL,
}
"""Data class of what is on the nodes' disks, which determines their key."""


@dataclass(frozen=True, kw_only=True)
class NodePoolsArgs:
    """`volume_key_arns` must have the keys of CODE and MODEL; `subnet_ids` run parallel to `zones`."""

    keep: Keep
    pools: Sequence[Pool]
    cluster_name: pulumi.Input[str]
    kubernetes_version: str
    security_group_ids: Sequence[pulumi.Input[str]]
    zones: Sequence[str]
    subnet_ids: Sequence[pulumi.Output[str]]
    volume_key_arns: Mapping[DataClass, pulumi.Input[str]]
    image_release: str | None = None  # None: the one in NODE_RELEASES
    after: Sequence[pulumi.Resource] = field(default_factory=tuple)  # what nodes need to join: network add-ons

    def __post_init__(self) -> None:
        if not self.pools:
            raise ValueError("pools must not be empty; a cluster without nodes runs nothing")
        if len(self.zones) != len(self.subnet_ids):
            raise ValueError(f"subnet_ids must name one subnet for each of {self.zones}, got {len(self.subnet_ids)}")
        if self.image_release is None and self.kubernetes_version not in NODE_RELEASES:
            raise ValueError(
                f"kubernetes_version must be one with a pinned node image ({', '.join(NODE_RELEASES)}), "
                f"got {self.kubernetes_version!r}; add its row to NODE_RELEASES or give image_release"
            )
        for pool in self.pools:
            if pool.zone is not None and pool.zone not in self.zones:
                raise ValueError(
                    f"pool {pool.name}: hosts and reservations must be in one of {', '.join(self.zones)}, "
                    f"got {pool.zone}"
                )
            if (data_class := DATA_CLASS_OF_POOL[pool.role]) not in self.volume_key_arns:
                raise ValueError(f"volume_key_arns must have the key of {data_class.value} for pool {pool.name}")


class NodePools(pulumi.ComponentResource):
    """All pools and the role of their nodes.

    The autoscaler sets the number of nodes: Pulumi ignores the desired size after creation. To raise `min_nodes` or
    `warm_nodes` above the current size, scale the group up first: EKS refuses a minimum above the desired size.
    """

    role_arn: pulumi.Output[str]
    groups: Mapping[str, eks.NodeGroup]  # by the pool's name

    def __init__(self, name: str, args: NodePoolsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:node_pools:NodePools", name, None, opts)
        self._name, self._args = name, args

        self._role = NodeRole(f"{name}-role", args.keep, opts=self._options())
        self.groups = {pool.name: self._pool(pool) for pool in args.pools}

        self.role_arn = self._role.arn
        self.register_outputs(
            {"roleArn": self.role_arn, "groups": {pool: group.arn for pool, group in self.groups.items()}}
        )

    def of_role(self, role: PoolRole) -> tuple[eks.NodeGroup, ...]:
        """The groups of a role's pools. Pods of other roles need not wait for them."""
        return tuple(self.groups[pool.name] for pool in self._args.pools if pool.role is role)

    def _options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on))

    def _pool(self, pool: Pool) -> eks.NodeGroup:
        args = self._args
        hardware = NodeHardware(
            f"{self._name}-{pool.name}",
            NodeHardwareArgs(keep=args.keep, data_class=DATA_CLASS_OF_POOL[pool.role], pool=pool),
            opts=self._options(),
        )
        return self._group(pool, self._template(pool, hardware), hardware)

    def _template(self, pool: Pool, hardware: NodeHardware) -> ec2.LaunchTemplate:
        args, data_class = self._args, DATA_CLASS_OF_POOL[pool.role]
        name = f"{self._name}-{pool.name}"
        return ec2.LaunchTemplate(
            f"{self._name}-{pool.name}",
            description=f"Nodes of pool {pool.name}",
            update_default_version=True,
            user_data=encoded_user_data(pool),
            block_device_mappings=[
                {
                    "device_name": ROOT_DEVICE,
                    "ebs": {
                        "encrypted": "true",
                        "kms_key_id": args.volume_key_arns[data_class],
                        "volume_type": "gp3",
                        "volume_size": pool.volume_gib,
                        "delete_on_termination": "true",
                    },
                }
            ],
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": METADATA_HOPS,
                "instance_metadata_tags": "disabled",
            },
            network_interfaces=[
                {
                    "device_index": 0,
                    "associate_public_ip_address": "false",
                    "delete_on_termination": "true",
                    "security_groups": list(args.security_group_ids),
                }
            ],
            monitoring={"enabled": True},
            placement=hardware.placement,
            capacity_reservation_specification=hardware.reservation,
            tag_specifications=[
                {"resource_type": kind, "tags": args.keep.tags(data_class, name=name)}
                for kind in ("instance", "volume", "network-interface")
            ],
            tags=args.keep.tags(data_class, name=name),
            opts=self._options(),
        )

    def _group(self, pool: Pool, template: ec2.LaunchTemplate, hardware: NodeHardware) -> eks.NodeGroup:
        args = self._args
        return eks.NodeGroup(
            f"{self._name}-{pool.name}",
            cluster_name=args.cluster_name,
            node_role_arn=self._role.arn,
            subnet_ids=self._subnets(pool),
            version=args.kubernetes_version,
            ami_type=AMI_TYPES[pool.architecture, pool.is_gpu],
            release_version=args.image_release or NODE_RELEASES[args.kubernetes_version],
            capacity_type="ON_DEMAND",
            instance_types=list(pool.instance_types),
            launch_template={
                "id": template.id,
                "version": template.latest_version.apply(lambda version: str(int(version))),
            },
            scaling_config={"min_size": pool.floor, "desired_size": pool.floor, "max_size": pool.max_nodes},
            update_config=_update(pool),
            node_repair_config={"enabled": True},
            labels={
                f"{LABEL_PREFIX}/pool": pool.name,
                f"{LABEL_PREFIX}/role": pool.role.value,
                f"{LABEL_PREFIX}/tenant": args.keep.tenant,
            },
            taints=_taints(pool),
            tags=args.keep.tags(DATA_CLASS_OF_POOL[pool.role], name=f"{self._name}-{pool.name}"),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*self._role.ready, *hardware.ready, *args.after],
                ignore_changes=["scalingConfig.desiredSize"],
            ),
        )

    def _subnets(self, pool: Pool) -> list[pulumi.Output[str]]:
        zones = zip(self._args.zones, self._args.subnet_ids, strict=True)
        return [subnet for zone, subnet in zones if pool.zone in {None, zone}]


def _taints(pool: Pool) -> list[eks.NodeGroupTaintArgsDict]:
    """Only pods that select a pool's role run on it; the system pool runs everything else."""
    if pool.role is PoolRole.SYSTEM:
        return []
    role: eks.NodeGroupTaintArgsDict = {
        "key": f"{LABEL_PREFIX}/role",
        "value": pool.role.value,
        "effect": "NO_SCHEDULE",
    }
    gpu: eks.NodeGroupTaintArgsDict = {"key": GPU_TAINT, "value": "present", "effect": "NO_SCHEDULE"}
    return [role, gpu] if pool.is_gpu else [role]


def _update(pool: Pool) -> eks.NodeGroupUpdateConfigArgsDict:
    """One GPU node at a time. With hosts or a reservation there is no spare capacity: the old node goes first."""
    strategy = "MINIMAL" if pool.zone else "DEFAULT"
    if pool.is_gpu:
        return {"max_unavailable": 1, "update_strategy": strategy}
    return {"max_unavailable_percentage": 33, "update_strategy": strategy}
