"""Review workers: as many as there are changes waiting, and none is stopped in the middle of a review."""

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.queue_ref import QueueRef, QueueRole
from components.release.base import Priority, ReleaseBase
from components.release.labels import selector_of
from components.release.pod import SETTINGS_DIGEST, Container, PodPlan, Resources, Scratch, pod_template
from components.release.queue_scaling import KEDA_API, POLLING_SECONDS, QueueTrigger, authenticate

IMAGE = "code-batch-review"
NAME = Workload.REVIEWER.value

SEATS_PER_WORKER = 50  # developers whose changes one worker keeps up with
WORKERS_MAX = 20  # they all ask the same chat model, which people wait for
REVIEWS_PER_WORKER = 2  # waiting or in work
REVIEW_SECONDS = 600  # the longest; the worker gives the change back after it
GRACE_SECONDS = REVIEW_SECONDS + 60
CALM_SECONDS = 300  # without work before workers go
RESOURCES = Resources(cpu="500m", memory="2Gi", cpu_limit="2")
SCRATCH_GIB = 20
REVISIONS_KEPT = 3


def workers_for(seats: int) -> int:
    """The most workers that so many developers get."""
    return min(WORKERS_MAX, max(2, -(-seats // SEATS_PER_WORKER)))


@dataclass(frozen=True, kw_only=True)
class ReviewWorkersArgs:
    """`queue` is the keep's review queue; `max_workers` by `workers_for`. Needs images[code-batch-review]."""

    base: ReleaseBase
    settings_digest: pulumi.Input[str]
    queue: QueueRef
    max_workers: int
    min_workers: int = 1

    def __post_init__(self) -> None:
        if self.queue.role is not QueueRole.REVIEW:
            raise ValueError(f"queue must be the review queue, got the one for {self.queue.role.value}")
        if not 1 <= self.max_workers <= WORKERS_MAX:
            raise ValueError(f"max_workers must be 1-{WORKERS_MAX}, got {self.max_workers}")
        if not 0 <= self.min_workers <= self.max_workers:
            raise ValueError(
                f"min_workers must be 0-{self.max_workers}, no more than max_workers, got {self.min_workers}"
            )


class ReviewWorkers(pulumi.ComponentResource):
    """Deployment, its scaler on the review queue, and its disruption budget."""

    def __init__(self, name: str, args: ReviewWorkersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.review_workers:ReviewWorkers", name, None, opts)
        self._name, self._args = name, args

        workers = self._workers()
        self._scale(workers)
        self._budget()

        self.register_outputs({"deployment": NAME, "maxWorkers": args.max_workers})

    def _workers(self) -> Deployment:
        """Without a number of replicas: that is the scaler's."""
        base = self._args.base
        spec: Any = {
            "selector": {"matchLabels": selector_of(base.keep, Workload.REVIEWER)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "revisionHistoryLimit": REVISIONS_KEPT,
            "template": pod_template(base, self._pod()),
        }
        return Deployment(self._name, metadata=base.metadata(Workload.REVIEWER), spec=spec, opts=base.options(self))

    def _pod(self) -> PodPlan:
        """On the ingest pool: what a change touches is checked out, and belongs on encrypted NVMe."""
        worker = Container(
            name="review",
            image=self._args.base.image(IMAGE),
            resources=RESOURCES,
            args=("review-worker", f"--review-seconds={REVIEW_SECONDS}"),
        )
        return PodPlan(
            workload=Workload.REVIEWER,
            role=PoolRole.INGEST,
            priority=Priority.BATCH,
            containers=(worker,),
            scratch=Scratch(gib=SCRATCH_GIB),
            spread=True,
            grace_seconds=GRACE_SECONDS,
            annotations={SETTINGS_DIGEST: self._args.settings_digest},
        )

    def _scale(self, workers: Deployment) -> None:
        args, base = self._args, self._args.base
        # Reviews in work count: otherwise a worker would be taken away as soon as it has picked up the last one.
        trigger = QueueTrigger(queue=args.queue, messages_per_worker=REVIEWS_PER_WORKER, counts_in_flight=True)
        authentication = authenticate(f"{self._name}-queue", base, Workload.REVIEWER, trigger, base.options(self))
        CustomResource(
            f"{self._name}-scaler",
            api_version=KEDA_API,
            kind="ScaledObject",
            metadata=base.metadata(Workload.REVIEWER),
            spec={
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
                "minReplicaCount": args.min_workers,
                "maxReplicaCount": args.max_workers,
                "pollingInterval": POLLING_SECONDS,
                "cooldownPeriod": CALM_SECONDS,
                "advanced": {
                    "horizontalPodAutoscalerConfig": {
                        "behavior": {
                            "scaleDown": {
                                "stabilizationWindowSeconds": CALM_SECONDS,
                                "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}],
                            }
                        }
                    }
                },
                # Where the queue cannot be counted, those that there are go on.
                "fallback": {
                    "failureThreshold": 4,
                    "replicas": max(1, args.min_workers),
                    "behavior": "currentReplicas",
                },
                "triggers": [trigger.spec(base.keep.region)],
            },
            opts=base.options(self, authentication, workers),
        )

    def _budget(self) -> None:
        base = self._args.base
        spec: Any = {
            "maxUnavailable": 1,
            "selector": {"matchLabels": selector_of(base.keep, Workload.REVIEWER)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        }
        PodDisruptionBudget(
            self._name,
            metadata=base.metadata(Workload.REVIEWER),
            spec=spec,
            opts=pulumi.ResourceOptions(parent=self),
        )
