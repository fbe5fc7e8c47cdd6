"""How many pods fit on a node: AWS gives a node addresses by its type, and EKS caps its kubelet."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from policies.graph import ResourceGraph
from policies.reading import first
from policies.rules._types import NODE_GROUP

DEPLOYMENTS = ("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet")
SCALED_JOB = "kubernetes:keda.sh/v1alpha1:ScaledJob"
SCALERS = ("kubernetes:keda.sh/v1alpha1:ScaledObject", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler")

DAEMONS = 12
"""Pods of daemons on every node: the add-ons' (network, proxy, credentials, volumes, secrets, monitoring), GuardDuty's
agent, and room for those of the controllers."""

PODS_BY_SIZE: Mapping[str, int] = {
    "large": 29,
    "xlarge": 58,
    "2xlarge": 58,
    "4xlarge": 110,
    "8xlarge": 234,
    "12xlarge": 234,
    "16xlarge": 234,
    "24xlarge": 250,
    "48xlarge": 100,
}
"""The fewest of any type of that size: interfaces x (addresses - 1) + 2, and EKS's cap of 110 below 30 vCPUs and of 250
from there (Amazon EKS User Guide, "Choosing an optimal EC2 node instance type"; interfaces from moto 5.2.5)."""


def pods_per_node(graph: ResourceGraph) -> Iterator[tuple[str, int, int]]:
    """Name of each node group, pods on each of its nodes when everything is scaled to its largest, and how many fit."""
    for group in graph.of_type(NODE_GROUP):
        sizes = [str(each).rpartition(".")[2] for each in group.inputs.get("instanceTypes") or ()]
        room = [PODS_BY_SIZE[size] for size in sizes if size in PODS_BY_SIZE]
        nodes, labels = first(group.inputs, "scalingConfig.maxSize"), group.inputs.get("labels")
        if room and isinstance(nodes, int) and nodes > 0 and isinstance(labels, Mapping):
            yield group.name, DAEMONS + math.ceil(_pods(graph, labels) / nodes), min(room)


def _pods(graph: ResourceGraph, labels: Mapping[str, Any]) -> int:
    """Pods that select nodes with these labels, at their largest number."""
    scaled = {str(first(each.inputs, "spec.scaleTargetRef.name")): each for each in graph.of_type(*SCALERS)}
    pods = 0
    for workload in graph.of_type(*DEPLOYMENTS):
        scaler = scaled.get(str(first(workload.inputs, "metadata.name")))
        most = first(workload.inputs, "spec.replicas") if scaler is None else _most(scaler.inputs)
        if _selects(first(workload.inputs, "spec.template.spec.nodeSelector"), labels):
            pods += most if isinstance(most, int) else 1
    for job in graph.of_type(SCALED_JOB):
        most = first(job.inputs, "spec.maxReplicaCount")
        if _selects(first(job.inputs, "spec.jobTargetRef.template.spec.nodeSelector"), labels):
            pods += most if isinstance(most, int) else 1
    return pods


def _most(scaler: Mapping[str, Any]) -> Any:
    found = first(scaler, "spec.maxReplicaCount")
    return found if isinstance(found, int) else first(scaler, "spec.maxReplicas")


def _selects(selector: Any, labels: Mapping[str, Any]) -> bool:
    return isinstance(selector, Mapping) and all(labels.get(key) == value for key, value in selector.items())
