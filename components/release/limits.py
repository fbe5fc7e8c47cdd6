"""Resource limits of a keep's namespace: a quota for all pods together, and bounds for each.

Both follow from the release's plan, that is from the spec's caps, models and pools: the maximum of everything, and one
more pod of each kind while a release replaces pods. So whatever the quota refuses is an error or does not belong here.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import LimitRange, ResourceQuota

from components.release import gateway, index_workers, ingest, telemetry, webhook
from components.release.base import ReleaseBase
from components.release.model_endpoint import FETCH_RESOURCES
from components.release.pod import GPU, Resources
from components.release.release_plan import ReleasePlan

COMPONENT = "limits"
REPLACING = 1  # more pods of a kind while a release replaces them
SMALLEST = {"cpu": "10m", "memory": "16Mi"}
USUAL = {"default": {"cpu": "1", "memory": "1Gi"}, "defaultRequest": {"cpu": "100m", "memory": "1Gi"}}
NONE_OF = ("secrets", "services.loadbalancers", "services.nodeports")
"""Secrets are in Secrets Manager, and developers use the entry."""


@dataclass(frozen=True, kw_only=True)
class PodKind:
    """Pods of one kind: their maximum number and their containers."""

    name: str
    count: int
    containers: tuple[Resources, ...]

    @property
    def cpu(self) -> float:
        """Requested cores of one pod."""
        return sum(each.cpu for each in self.containers)

    @property
    def cpu_limit(self) -> float:
        return sum(each.cpu_most for each in self.containers)

    @property
    def memory_gib(self) -> float:
        """Request and limit of one pod."""
        return sum(each.memory_gib for each in self.containers)

    @property
    def gpus(self) -> int:
        return sum(each.gpus for each in self.containers)


@dataclass(frozen=True, kw_only=True)
class LimitsArgs:
    """`plan` is that of the release."""

    base: ReleaseBase
    plan: ReleasePlan


class Limits(pulumi.ComponentResource):
    """The quota and the limit range."""

    def __init__(self, name: str, args: LimitsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.limits:Limits", name, None, opts)
        every, child = list(pod_kinds(args.plan)), pulumi.ResourceOptions(parent=self)

        hard, spec = quota(every, batch_gpus=args.plan.batch_gpus), container_limits(every)
        quota_spec: Any = {"hard": hard}
        ResourceQuota(name, metadata=args.base.keep_metadata("quota", COMPONENT), spec=quota_spec, opts=child)
        LimitRange(name, metadata=args.base.keep_metadata("bounds", COMPONENT), spec=spec, opts=child)

        self.register_outputs({"hard": hard})


def pod_kinds(plan: ReleasePlan) -> Iterator[PodKind]:
    """Every kind of pod that the release may have, and its maximum."""
    yield _kind("gateway", gateway.max_replicas(plan.seats) + REPLACING, gateway.RESOURCES)
    yield _kind("webhook", webhook.REPLICAS + REPLACING, webhook.RESOURCES)
    yield _kind("telemetry", telemetry.REPLICAS + REPLACING, telemetry.RESOURCES)
    for each in plan.endpoints:
        engine = Resources(cpu=each.cpus, memory_gib=each.memory_gib, gpus=each.gpus)
        yield _kind(f"model-{each.role}", each.max_replicas + each.spare_replicas + REPLACING, engine)
    yield _kind("ingest", plan.concurrent_ingest_jobs + REPLACING, ingest.RESOURCES)
    yield from _indexing(plan)


def _indexing(plan: ReleasePlan) -> Iterator[PodKind]:
    """The daily cluster and a re-index beside it; each has a head."""
    batch = index_workers.GPU_WORKER_RESOURCES if plan.batch_gpus else index_workers.WORKER_RESOURCES
    heads = (index_workers.HEAD_RESOURCES, index_workers.AUTOSCALER_RESOURCES)
    yield _kind("index-head", 2 + REPLACING, *heads)
    yield _kind("indexer", 1 + REPLACING, index_workers.DRIVER_RESOURCES)
    yield _kind("index-worker", plan.concurrent_ingest_jobs, index_workers.WORKER_RESOURCES)
    yield _kind("reindex-worker", plan.batch_gpus or plan.concurrent_ingest_jobs, batch)


def _kind(name: str, count: int, *containers: Resources) -> PodKind:
    return PodKind(name=name, count=count, containers=containers)


def quota(every: list[PodKind], *, batch_gpus: int) -> dict[str, str]:
    """The quota. Kinds that use the batch GPUs in turn share them."""
    serving = sum(each.count * each.gpus for each in every if each.name.startswith("model-"))
    memory = f"{math.ceil(sum(each.count * each.memory_gib for each in every))}Gi"
    return {
        "pods": str(sum(each.count for each in every)),
        "requests.cpu": str(math.ceil(sum(each.count * each.cpu for each in every))),
        "limits.cpu": str(math.ceil(sum(each.count * each.cpu_limit for each in every))),
        "requests.memory": memory,
        "limits.memory": memory,
        f"requests.{GPU}": str(serving + batch_gpus),
        **dict.fromkeys(NONE_OF, "0"),
    }


def container_limits(every: list[PodKind]) -> Any:
    """No container is larger than the largest of the release, and one without resources gets small ones."""
    containers = [FETCH_RESOURCES, *(each for kind in every for each in kind.containers)]
    cpu = max(each.cpu_most for each in containers)
    memory = max(each.memory_gib for each in containers)
    pod_cpu, pod_memory = max(each.cpu_limit for each in every), max(each.memory_gib for each in every)
    return {
        "limits": [
            {"type": "Container", "max": _amounts(cpu, memory), "min": SMALLEST, **USUAL},
            {"type": "Pod", "max": _amounts(max(cpu, pod_cpu), max(memory, pod_memory))},
        ]
    }


def _amounts(cpu: float, memory_gib: float) -> dict[str, str]:
    return {"cpu": str(math.ceil(cpu)), "memory": f"{math.ceil(memory_gib)}Gi"}
