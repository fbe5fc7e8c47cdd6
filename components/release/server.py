"""The objects of a server: Deployment, Service, and a disruption budget that lets nodes be drained."""

from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import Service
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from components.release.base import ReleaseBase
from components.release.labels import selector_of
from components.release.pod import PodPlan, pod_template

REVISIONS_KEPT = 5


@dataclass(frozen=True, kw_only=True)
class DeploymentPlan:
    """`replicas` is None if an autoscaler decides."""

    pod: PodPlan
    replicas: int | None = None
    surge: bool = True  # a new pod starts before an old one stops; otherwise the old one stops first
    progress_seconds: int = 600


@dataclass(frozen=True, kw_only=True)
class ServerPlan(DeploymentPlan):
    """`port` is the Service's; `target` is the name of the container's port."""

    port: int
    target: str
    service_annotations: dict[str, str] = field(default_factory=dict)


def create_server(name: str, base: ReleaseBase, plan: ServerPlan, parent: pulumi.Resource) -> Deployment:
    """Creates the three objects as children of `parent`."""
    pod = plan.pod
    selector = selector_of(base.keep, pod.workload, pod.name)
    deployment = create_deployment(name, base, plan, parent)
    spec: Any = {
        "type": "ClusterIP",
        "selector": selector,
        "ports": [{"name": plan.target, "port": plan.port, "targetPort": plan.target, "protocol": "TCP"}],
    }
    annotations = {"annotations": plan.service_annotations} if plan.service_annotations else {}
    Service(
        name,
        metadata=base.metadata(pod.workload, pod.name, **annotations),
        spec=spec,
        # Pulumi would wait for ready pods a second time.
        opts=base.options(parent),
    )
    budget: Any = {"maxUnavailable": 1, "selector": {"matchLabels": selector}}
    PodDisruptionBudget(name, metadata=base.metadata(pod.workload, pod.name), spec=budget, opts=base.options(parent))
    return deployment


def create_deployment(name: str, base: ReleaseBase, plan: DeploymentPlan, parent: pulumi.Resource) -> Deployment:
    """Creates the Deployment alone."""
    pod = plan.pod
    spec: Any = {
        "selector": {"matchLabels": selector_of(base.keep, pod.workload, pod.name)},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": _rolling(surge=plan.surge)},
        "revisionHistoryLimit": REVISIONS_KEPT,
        "progressDeadlineSeconds": plan.progress_seconds,
        "template": pod_template(base, pod),
        **({} if plan.replicas is None else {"replicas": plan.replicas}),
    }
    waiting = f"{plan.progress_seconds + 60}s"
    return Deployment(
        name,
        metadata=base.metadata(pod.workload, pod.name),
        spec=spec,
        opts=base.options(parent, custom_timeouts=pulumi.CustomTimeouts(create=waiting, update=waiting)),
    )


def _rolling(*, surge: bool) -> dict[str, int]:
    return {"maxSurge": 1, "maxUnavailable": 0} if surge else {"maxSurge": 0, "maxUnavailable": 1}
