"""A cluster ready for workloads: control plane, add-ons, nodes, and the identities of its operators."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from codekeep_contracts.roles import QueueRole

from components.compute.addons import NODE_ADDONS, WORKLOAD_ADDONS, Addons, AddonsArgs
from components.compute.cluster import KUBERNETES_VERSION, Cluster, ClusterArgs, cluster_arn, cluster_name
from components.compute.cluster_access import ClusterAccess
from components.compute.node_pools import NodePools, NodePoolsArgs
from components.compute.pool import Pool, PoolRole
from components.iam_policy import Statement
from components.identity import operator_grants
from components.identity.grants import administer_index
from components.identity.identity import Identity, IdentityArgs, Permissions, PermissionsArgs
from components.identity.workload import BOUND_BY_ADDON, OPERATOR_ACCOUNTS, Operator
from components.keys.key_ring import KeyRing
from components.naming import TAG_PREFIX, DataClass, Keep
from components.network.cluster_firewall import ClusterFirewall
from components.network.entry import load_balancer_name
from components.network.network_ref import NetworkRef
from components.storage.vector_index import domain_arn, snapshot_role_arn


@dataclass(frozen=True, kw_only=True)
class ComputeArgs:
    """`is_platform`: the cluster is a platform's, and its operators serve queues and entries of all its keeps."""

    keep: Keep
    network: NetworkRef
    firewall: ClusterFirewall
    keys: KeyRing
    boundary_arn: pulumi.Input[str]
    pools: tuple[Pool, ...]
    log_retention_days: int
    access: tuple[ClusterAccess, ...] = ()
    is_platform: bool = False
    kubernetes_version: str = KUBERNETES_VERSION
    protect: bool = False


class Compute(pulumi.ComponentResource):
    """Cluster, add-ons, pools and operators.

    Nodes with GPUs may be long in coming, or never come: what runs on other nodes must depend on `ready`, and never on
    the component.
    """

    cluster: Cluster
    pools: NodePools
    operator_role_arns: Mapping[str, pulumi.Output[str]]
    deployer_access: pulumi.CustomResource  # what uses the cluster must depend on it
    ready: tuple[pulumi.Resource, ...]  # what pods on system nodes need: those nodes, names, volumes, roles

    def __init__(self, name: str, args: ComputeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:compute:Compute", name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)

        self._operators = self._identify()
        self.cluster = self._cluster()
        permissions = self._permit()
        joining = self._addons("node-addons", NODE_ADDONS, (permissions,))
        self.pools = self._pools(joining)
        system = self.pools.of_role(PoolRole.SYSTEM)
        self.ready = (self._addons("addons", WORKLOAD_ADDONS, (*system, permissions)), *system, permissions)

        self.operator_role_arns = self._operators.role_arns
        self.deployer_access = self.cluster.entries["deployer"]
        self.register_outputs({"clusterName": self.cluster.ref.name, "nodeRoleArn": self.pools.role_arn})

    def _identify(self) -> Identity:
        args = self._args
        return Identity(
            args.keep.logical("operators"),
            IdentityArgs(
                keep=args.keep,
                cluster_arn=cluster_arn(args.keep),
                boundary_arn=args.boundary_arn,
                accounts={operator.value: account for operator, account in OPERATOR_ACCOUNTS.items()},
            ),
            opts=self._child,
        )

    def _cluster(self) -> Cluster:
        args = self._args
        return Cluster(
            args.keep.logical("cluster"),
            ClusterArgs(
                keep=args.keep,
                vpc_cidr=args.network.cidr,
                subnet_ids=list(args.network.private_subnet_ids),
                security_group_id=args.firewall.control_plane_group_id,
                secret_key_arn=args.keys.arn(DataClass.SECRET),
                audit_key_arn=args.keys.arn(DataClass.AUDIT),
                log_retention_days=args.log_retention_days,
                access=args.access,
                kubernetes_version=args.kubernetes_version,
                protect=args.protect,
            ),
            opts=self._child,
        )

    def _permit(self) -> Permissions:
        args = self._args
        return Permissions(
            args.keep.logical("operator-permissions"),
            PermissionsArgs(
                keep=args.keep,
                identity=self._operators,
                cluster_name=self.cluster.ref.name,
                statements=operator_statements(args.keep, args.keys, is_platform=args.is_platform),
                managed={Operator.VPC_CNI.value: operator_grants.CNI_MANAGED_POLICY},
                bound={each.value: OPERATOR_ACCOUNTS[each] for each in Operator if each not in BOUND_BY_ADDON},
            ),
            opts=self._child,
        )

    def _addons(self, label: str, addons: tuple[str, ...], after: tuple[pulumi.Resource, ...]) -> Addons:
        args = self._args
        calling = {each.value for each in BOUND_BY_ADDON} & set(addons)
        return Addons(
            args.keep.logical(label),
            AddonsArgs(
                keep=args.keep,
                cluster_name=self.cluster.ref.name,
                kubernetes_version=args.kubernetes_version,
                addons=addons,
                role_arns={addon: self._operators.role_arns[addon] for addon in calling},
                after=after,
            ),
            opts=self._child,
        )

    def _pools(self, joining: Addons) -> NodePools:
        args = self._args
        return NodePools(
            args.keep.logical("pool"),
            NodePoolsArgs(
                keep=args.keep,
                pools=args.pools,
                cluster_name=self.cluster.ref.name,
                kubernetes_version=args.kubernetes_version,
                security_group_ids=(args.firewall.node_group_id,),
                zones=args.network.zones,
                subnet_ids=args.network.private_subnet_ids,
                volume_key_arns={each: args.keys.arn(each) for each in (DataClass.CODE, DataClass.MODEL)},
                after=(joining, *args.keys.grants),
            ),
            opts=self._child,
        )


def operator_statements(keep: Keep, keys: KeyRing, *, is_platform: bool) -> dict[str, list[Statement]]:
    """IAM statements of each operator. They name queues, entries and the search domain before these exist."""
    whose = f"{TAG_PREFIX}-*" if is_platform else keep.physical()
    queues = [keep.arn("sqs", f"{whose}-{role.value}") for role in QueueRole]
    entry = "*-entry" if is_platform else load_balancer_name(keep)
    targets = keep.arn("elasticloadbalancing", f"targetgroup/{entry}/*")
    return {
        Operator.EBS_CSI.value: operator_grants.manage_volumes(keep, [keys.arn(DataClass.CODE)]),
        Operator.AUTOSCALER.value: operator_grants.scale_node_groups(keep, cluster_name(keep)),
        Operator.KEDA.value: operator_grants.read_queue_lengths(keep, queues),
        Operator.LOAD_BALANCER.value: operator_grants.register_targets(keep, [targets]),
        Operator.INDEX_ADMIN.value: administer_index(keep, domain_arn(keep), snapshot_role_arn(keep)),
    }
