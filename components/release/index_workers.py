"""The indexer: it writes what ingest found into the keep's index, with vectors that are computed on Ray.

Three parts. A driver (one pod) reads in the code bucket what ingest wrote and applies it to the index. A RayCluster
computes the vectors: its head only schedules, and its workers scale with the tasks. A suspended RayJob is the template
of a full re-index, which runs on its own machines while the daily work goes on:

    kubectl get rayjob reindex -o json | jq '.metadata = {namespace: .metadata.namespace, labels: .metadata.labels,
      name: "reindex-1"} | .spec.suspend = false | del(.status)' | kubectl create -f -

Only the head may use the API server: it sets the number of workers. It has no AWS role; workers have one. Ray runs
whatever reaches its ports, so only its own pods may, and the operator may reach its dashboard: components.release.flows
allows no more, and the pods are created after the policies (`ReleaseBase.after`).
"""

from dataclasses import dataclass
from typing import Any

import pulumi
from codekeep_contracts import commands
from codekeep_contracts.images import ImageName
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import ServiceAccount
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding

from components.compute.pool import GPU_ROLES, PoolRole
from components.identity.workload import Workload
from components.release.base import Priority, ReleaseBase
from components.release.labels import selector_of
from components.release.pod import (
    CACHE_PATH,
    SETTINGS_DIGEST,
    TMP_PATH,
    Container,
    PodPlan,
    Resources,
    Scratch,
    pod_template,
)

IMAGE: ImageName = "code-embed-index-cu12"
RUNTIME = "/opt/codekeep/bin/codekeep-runtime"  # the image has no entry point, since KubeRay starts Ray in it
RAY_API = "ray.io/v1"
RAY_VERSION = "2.60.0"  # as in the image's lock

CLUSTER, HEAD, WORKER, DRIVER = "index", "index-head", "index-worker", "indexer"
REINDEX, REINDEX_WORKER = "reindex", "reindex-worker"
HEAD_SERVICE = f"{CLUSTER}-head-svc"  # named by KubeRay
PORTS = {"client": 10_001, "gcs-server": 6_379, "dashboard": 8_265}  # by the names that KubeRay expects

HEAD_RESOURCES = Resources(cpu=1, memory_gib=4)
AUTOSCALER_RESOURCES = Resources(cpu=0.5, memory_gib=0.5)
DRIVER_RESOURCES = Resources(cpu=0.25, memory_gib=1, cpu_limit=1)
WORKER_RESOURCES = Resources(cpu=2, memory_gib=8)  # whole cores: Ray takes its slots from the limit
GPU_WORKER_RESOURCES = Resources(cpu=4, memory_gib=24, gpus=1)
SHARED_MEMORY_GIB, SCRATCH_GIB = 2, 40
HEAD_SCRATCH_GIB = 5

IDLE_SECONDS = 120  # before a worker without tasks is removed
GRACE_SECONDS = 120
REINDEX_SECONDS = 48 * 3_600
REINDEX_KEPT_SECONDS = 3_600
REINDEX_RETRIES = 2
WORKERS_MAX = 200


@dataclass(frozen=True, kw_only=True)
class IndexWorkersArgs:
    """`max_workers` is for the daily work, `reindex_workers` for a full re-index, with a GPU each on a GPU role.

    Needs images[code-embed-index-cu12] and the account `indexer` (components.release.accounts).
    """

    base: ReleaseBase
    settings_digest: pulumi.Input[str]
    max_workers: int
    reindex_workers: int
    reindex_role: PoolRole = PoolRole.INGEST

    def __post_init__(self) -> None:
        for name in ("max_workers", "reindex_workers"):
            if not 1 <= getattr(self, name) <= WORKERS_MAX:
                raise ValueError(f"{name} must be 1-{WORKERS_MAX}, got {getattr(self, name)}")
        if self.reindex_role not in (PoolRole.INGEST, PoolRole.GPU_BATCH):
            raise ValueError(f"reindex_role must be ingest or gpu-batch, got {self.reindex_role.value}")


class IndexWorkers(pulumi.ComponentResource):
    """Account and rights of the head, cluster, driver, and the template of a re-index."""

    def __init__(self, name: str, args: IndexWorkersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.index_workers:IndexWorkers", name, None, opts)
        self._name, self._args = name, args

        rights = self._let_head_scale()
        cluster = self._cluster(rights)
        self._drive(cluster)
        self._reindex()

        self.register_outputs({"cluster": CLUSTER, "reindex": REINDEX, "maxWorkers": args.max_workers})

    def _let_head_scale(self) -> list[pulumi.Resource]:
        """A role with the cluster's name; otherwise KubeRay would create one with more rights."""
        base, child = self._args.base, pulumi.ResourceOptions(parent=self)
        metadata = base.metadata(Workload.INDEXER, CLUSTER)
        account = ServiceAccount(
            f"{self._name}-head",
            metadata=base.metadata(Workload.INDEXER, HEAD),
            automount_service_account_token=False,
            opts=child,
        )
        rules: Any = [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
            {
                "apiGroups": ["ray.io"],
                "resources": ["rayclusters"],
                "resourceNames": [CLUSTER],
                "verbs": ["get", "patch"],
            },
        ]
        role = Role(self._name, metadata=metadata, rules=rules, opts=child)
        subjects: Any = [{"kind": "ServiceAccount", "name": HEAD, "namespace": base.namespace}]
        role_ref: Any = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": CLUSTER}
        binding = RoleBinding(self._name, metadata=metadata, subjects=subjects, role_ref=role_ref, opts=child)
        return [account, role, binding]

    def _cluster(self, after: list[pulumi.Resource]) -> CustomResource:
        args, base = self._args, self._args.base
        workers = _group(base, WORKER, PoolRole.INGEST, WORKER_RESOURCES, minimum=0, maximum=args.max_workers)
        # The autoscaler writes replicas into the list of groups; each of our updates takes ownership of the list again.
        metadata = base.metadata(Workload.INDEXER, CLUSTER, annotations={"pulumi.com/patchForce": "true"})
        return CustomResource(
            self._name,
            api_version=RAY_API,
            kind="RayCluster",
            metadata=metadata,
            spec={
                "rayVersion": RAY_VERSION,
                "enableInTreeAutoscaling": True,
                "autoscalerOptions": {
                    "idleTimeoutSeconds": IDLE_SECONDS,
                    "upscalingMode": "Conservative",
                    "imagePullPolicy": "IfNotPresent",
                    "resources": AUTOSCALER_RESOURCES.spec(),
                    "securityContext": _restricted(base),
                    "volumeMounts": [{"name": "tmp", "mountPath": TMP_PATH}],
                },
                "headGroupSpec": _head(base, scales=True),
                "workerGroupSpecs": [workers],
            },
            opts=base.options(self, *after),
        )

    def _drive(self, cluster: CustomResource) -> Deployment:
        """One at a time: two would submit the same work."""
        base = self._args.base
        driver = Container(
            name="driver",
            image=base.image(IMAGE),
            resources=DRIVER_RESOURCES,
            command=(RUNTIME,),
            args=commands.INDEX_WORKER.args(ray=f"ray://{HEAD_SERVICE}:{PORTS['client']}"),
        )
        pod = PodPlan(
            workload=Workload.INDEXER,
            name=DRIVER,
            role=PoolRole.SYSTEM,
            priority=Priority.BATCH,
            containers=(driver,),
            grace_seconds=GRACE_SECONDS,
            annotations={SETTINGS_DIGEST: self._args.settings_digest},
            measured=True,
        )
        spec: Any = {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": selector_of(base.keep, Workload.INDEXER, DRIVER)},
            "template": pod_template(base, pod),
        }
        metadata = base.metadata(Workload.INDEXER, DRIVER)
        return Deployment(f"{self._name}-driver", metadata=metadata, spec=spec, opts=base.options(self, cluster))

    def _reindex(self) -> CustomResource:
        """All its workers from start to end, so it needs no autoscaling. The entry point runs on one of them."""
        args, base = self._args, self._args.base
        resources = GPU_WORKER_RESOURCES if args.reindex_role in GPU_ROLES else WORKER_RESOURCES
        count = args.reindex_workers
        workers = _group(
            base, REINDEX_WORKER, args.reindex_role, resources, minimum=count, maximum=count, measured=True
        )
        return CustomResource(
            f"{self._name}-reindex",
            api_version=RAY_API,
            kind="RayJob",
            metadata=base.metadata(Workload.INDEXER, REINDEX),
            spec={
                "suspend": True,
                "entrypoint": " ".join((RUNTIME, *commands.INDEX_WORKER.args(full=True))),
                "entrypointNumCpus": 1,
                "submissionMode": "HTTPMode",
                "activeDeadlineSeconds": REINDEX_SECONDS,
                "backoffLimit": REINDEX_RETRIES,
                "shutdownAfterJobFinishes": True,
                "ttlSecondsAfterFinished": REINDEX_KEPT_SECONDS,
                "rayClusterSpec": {
                    "rayVersion": RAY_VERSION,
                    "enableInTreeAutoscaling": False,
                    "headGroupSpec": _head(base, scales=False),
                    "workerGroupSpecs": [workers],
                },
            },
            opts=base.options(self),
        )


def _head(base: ReleaseBase, *, scales: bool) -> dict[str, Any]:
    """Runs no tasks, under an account that has no AWS role; `scales` gives it a token.

    Like the driver it always runs, so it is on the system pool.
    """
    ray = Container(
        name="ray-head",
        image=base.image(IMAGE),
        resources=HEAD_RESOURCES,
        ports=PORTS,
    )
    pod = PodPlan(
        workload=Workload.INDEXER,
        name=HEAD if scales else f"{REINDEX}-head",
        role=PoolRole.SYSTEM,
        priority=Priority.BATCH,
        containers=(ray,),
        scratch=Scratch(gib=HEAD_SCRATCH_GIB),
        shared_memory_gib=1,
        settings=False,
        token=scales,
        reports=False,
        grace_seconds=GRACE_SECONDS,
    )
    template = pod_template(base, pod)
    return {
        "serviceType": "ClusterIP",
        "rayStartParams": {**_start(), "num-cpus": "0", "num-gpus": "0", "dashboard-host": "0.0.0.0"},  # noqa: S104 - fenced
        "template": {**template, "spec": {**template["spec"], "serviceAccountName": HEAD}},
    }


def _group(
    base: ReleaseBase,
    name: str,
    role: PoolRole,
    resources: Resources,
    *,
    minimum: int,
    maximum: int,
    measured: bool = False,
) -> dict[str, Any]:
    """A group of equal workers. Ray chooses their number between the bounds, starting with the minimum.

    Args:
        measured: one of them runs the indexer, whose requests to models KEDA reads.
    """
    ray = Container(name="ray-worker", image=base.image(IMAGE), resources=resources)
    pod = PodPlan(
        workload=Workload.INDEXER,
        name=name,
        role=role,
        priority=Priority.BATCH,
        containers=(ray,),
        scratch=Scratch(gib=SCRATCH_GIB),
        shared_memory_gib=SHARED_MEMORY_GIB,
        grace_seconds=GRACE_SECONDS,
        measured=measured,
    )
    return {
        "groupName": name,
        "replicas": minimum,
        "minReplicas": minimum,
        "maxReplicas": maximum,
        "rayStartParams": _start(),
        "template": pod_template(base, pod),
    }


def _start() -> dict[str, str]:
    """Objects that do not fit into shared memory go to the scratch space, not to /tmp."""
    return {"object-spilling-directory": f"{CACHE_PATH}/spill"}


def _restricted(base: ReleaseBase) -> dict[str, Any]:
    """The security context of a release's containers, for the one that KubeRay adds."""
    probe = Container(name="autoscaler", image=base.image(IMAGE), resources=AUTOSCALER_RESOURCES)
    context: dict[str, Any] = probe.spec([])["securityContext"]
    return context
