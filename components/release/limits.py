"""What a keep's namespace may take: a quota for all of it together, and bounds for each pod.

Both follow from the release's plan, that is from the spec's caps, models and pools: everything at its most, and one pod
more of each kind while a release replaces pods. What the quota refuses is therefore a fault or a foreign thing.
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
from components.release.quantities import cores, mebibytes
from components.release.release_plan import ReleasePlan

COMPONENT = "limits"
REPLACING = 1  # pods more of a kind while a release replaces them
SMALLEST = {"cpu": "10m", "memory": "16Mi"}
USUAL = {"default": {"cpu": "1", "memory": "1Gi"}, "defaultRequest": {"cpu": "100m", "memory": "1Gi"}}
NONE_OF = ("secrets", "services.loadbalancers", "services.nodeports")
"""Secrets lie in Secrets Manager, and developers come in by the entry."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Pods that are alike: so many at most, with these containers."""

    name: str
    count: int
    containers: tuple[Resources, ...]

    @property
    def cpu(self) -> float:
        """What one pod asks for."""
        return sum(cores(each.cpu) for each in self.containers)

    @property
    def cpu_limit(self) -> float:
        return sum(cores(each.cpu_limit or each.cpu) for each in self.containers)

    @property
    def memory_mib(self) -> int:
        """Asked for and limit: memory has one number."""
        return sum(mebibytes(each.memory) for each in self.containers)

    @property
    def gpus(self) -> int:
        return sum(each.gpus for each in self.containers)


@dataclass(frozen=True, kw_only=True)
class LimitsArgs:
    """`plan` is the release's."""

    base: ReleaseBase
    plan: ReleasePlan


class Limits(pulumi.ComponentResource):
    """The quota and the limit range."""

    def __init__(self, name: str, args: LimitsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.limits:Limits", name, None, opts)
        every, child = list(kinds(args.plan)), pulumi.ResourceOptions(parent=self)

        hard, spec = quota(every, batch_gpus=args.plan.batch_gpus), bounds(every)
        quota_spec: Any = {"hard": hard}
        ResourceQuota(name, metadata=args.base.keep_metadata("quota", COMPONENT), spec=quota_spec, opts=child)
        LimitRange(name, metadata=args.base.keep_metadata("bounds", COMPONENT), spec=spec, opts=child)

        self.register_outputs({"hard": hard})


def kinds(plan: ReleasePlan) -> Iterator[Kind]:
    """Every kind of pod that the release may have, at its most."""
    yield _kind("gateway", gateway.most_replicas(plan.seats) + REPLACING, gateway.RESOURCES)
    yield _kind("webhook", webhook.REPLICAS + REPLACING, webhook.RESOURCES)
    yield _kind("telemetry", telemetry.REPLICAS + REPLACING, telemetry.RESOURCES)
    for each in plan.endpoints:
        engine = Resources(cpu=str(each.cpus), memory=f"{each.memory_gib}Gi", gpus=each.gpus)
        yield _kind(f"model-{each.role}", each.max_replicas + each.spare_replicas + REPLACING, engine)
    yield _kind("ingest", plan.concurrent_ingest_jobs + REPLACING, ingest.RESOURCES)
    yield from _indexing(plan)


def _indexing(plan: ReleasePlan) -> Iterator[Kind]:
    """The daily cluster and a re-index beside it; each has a head."""
    batch = index_workers.GPU_WORKER_RESOURCES if plan.batch_gpus else index_workers.WORKER_RESOURCES
    heads = (index_workers.HEAD_RESOURCES, index_workers.AUTOSCALER_RESOURCES)
    yield _kind("index-head", 2 + REPLACING, *heads)
    yield _kind("indexer", 1 + REPLACING, index_workers.DRIVER_RESOURCES)
    yield _kind("index-worker", plan.concurrent_ingest_jobs, index_workers.WORKER_RESOURCES)
    yield _kind("reindex-worker", plan.batch_gpus or plan.concurrent_ingest_jobs, batch)


def _kind(name: str, count: int, *containers: Resources) -> Kind:
    return Kind(name=name, count=count, containers=containers)


def quota(every: list[Kind], *, batch_gpus: int) -> dict[str, str]:
    """The namespace's share. Kinds that take turns on the batch GPUs share them."""
    serving = sum(each.count * each.gpus for each in every if each.name.startswith("model-"))
    memory = f"{math.ceil(sum(each.count * each.memory_mib for each in every) / 1024)}Gi"
    return {
        "pods": str(sum(each.count for each in every)),
        "requests.cpu": str(math.ceil(sum(each.count * each.cpu for each in every))),
        "limits.cpu": str(math.ceil(sum(each.count * each.cpu_limit for each in every))),
        "requests.memory": memory,
        "limits.memory": memory,
        f"requests.{GPU}": str(serving + batch_gpus),
        **dict.fromkeys(NONE_OF, "0"),
    }


def bounds(every: list[Kind]) -> Any:
    """No container is bigger than the biggest of the release, and one that says nothing is small."""
    containers = [FETCH_RESOURCES, *(each for kind in every for each in kind.containers)]
    cpu = max(cores(each.cpu_limit or each.cpu) for each in containers)
    memory = max(mebibytes(each.memory) for each in containers)
    pod_cpu, pod_memory = max(each.cpu_limit for each in every), max(each.memory_mib for each in every)
    return {
        "limits": [
            {"type": "Container", "max": _amounts(cpu, memory), "min": SMALLEST, **USUAL},
            {"type": "Pod", "max": _amounts(max(cpu, pod_cpu), max(memory, pod_memory))},
        ]
    }


def _amounts(cpu: float, memory_mib: int) -> dict[str, str]:
    return {"cpu": str(math.ceil(cpu)), "memory": f"{math.ceil(memory_mib / 1024)}Gi"}
