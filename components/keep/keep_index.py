"""The search domain of a keep or a platform as its plan wants it."""

from collections.abc import Mapping, Sequence

import pulumi

from components.bucket_ref import BucketRef
from components.compute.compute import Compute
from components.identity.workload import Operator
from components.keys.key_ring import KeyRing
from components.naming import DataClass, Keep
from components.network.network_like import NetworkLike
from components.storage.search_plan import SearchPlan
from components.storage.vector_index import VectorIndex, VectorIndexArgs


def keep_index(
    keep: Keep,
    plan: SearchPlan,
    *,
    keys: KeyRing,
    network: NetworkLike,
    node_group_id: pulumi.Input[str],
    snapshots: BucketRef,
    compute: Compute,
    writer_role_arns: Sequence[pulumi.Input[str]],
    reader_role_arns: Sequence[pulumi.Input[str]],
    retention_days: Mapping[DataClass, int],
    makes_service_role: bool,
    protect: bool,
    opts: pulumi.ResourceOptions,
) -> VectorIndex:
    """Open to the nodes' group, administered by the cluster's own operator for it."""
    return VectorIndex(
        keep.logical("index"),
        VectorIndexArgs(
            keep=keep,
            network=network,
            keys=keys,
            instance_type=plan.instance_type,
            instance_count=plan.instance_count,
            volume_gib=plan.volume_gib,
            admin_role_arn=compute.operator_role_arns[Operator.INDEX_ADMIN.value],
            writer_role_arns=writer_role_arns,
            reader_role_arns=reader_role_arns,
            client_security_group_ids={"nodes": node_group_id},
            snapshots=snapshots,
            log_retention_days=retention_days[DataClass.LOG],
            audit_retention_days=retention_days[DataClass.AUDIT],
            dedicated_masters=plan.dedicated_masters,
            makes_service_role=makes_service_role,
            protect=protect,
        ),
        opts=opts,
    )
