"""Ingest: reads repositories over the Git links, parses them and writes chunks into the keep's bucket for the indexers.

It starts in three ways:

- After a push, the webhook puts a message on the ingest queue, and KEDA starts a Job that takes messages until none is
  left. The schedule's nightly `refresh` message arrives there too; keeps whose cap is one pod have only that.
- At night, one Job goes over all repositories in shards, and finds most commits done already.
- By hand, after an outage: `kubectl create job --from=cronjob/ingest-nightly ingest-again`.
"""

from dataclasses import dataclass

import pulumi
from codekeep_contracts import commands
from codekeep_contracts.images import ImageName
from codekeep_contracts.pods import SHARD
from codekeep_contracts.roles import QueueRole
from pulumi_kubernetes import batch
from pulumi_kubernetes.apiextensions import CustomResource

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.queue_ref import QueueRef
from components.release.base import Priority, ReleaseBase
from components.release.jobs import JobPlan, Shards, cron_job_spec, job_spec
from components.release.pod import Container, PodPlan, Resources, Scratch
from components.release.queue_scaling import KEDA_API, POLLING_SECONDS, QueueTrigger, create_trigger_authentication

IMAGE: ImageName = "code-ingest-parse"
NIGHTLY, PUSH = "ingest-nightly", "ingest-push"
SCHEDULE = "30 2 * * *"  # after the refresh message of 02:00

PUSH_SHARE = 4  # one of so many jobs is for pushes, which must not wait for the nightly work
SHARDS_PER_JOB = 4  # small shards end at about the same time, and a failed one repeats little
RESOURCES = Resources(cpu=2, memory_gib=8, cpu_limit=4)
SCRATCH_FACTOR = 2  # the clone, and the results of parsing

TAKING_SECONDS = 1_800  # then a worker ends, so that no pods of an old release remain
LONGEST_REPOSITORY_SECONDS = 3 * 3_600
NIGHT_SECONDS = 10 * 3_600
GRACE_SECONDS = 120  # to return a message and to finish an upload
RETRIES = 2
JOBS_MAX = 200


@dataclass(frozen=True, kw_only=True)
class IngestArgs:
    """The numbers are the spec's caps; `queue` is the keep's ingest queue. Needs images[code-ingest-parse]."""

    base: ReleaseBase
    queue: QueueRef
    concurrent_jobs: int
    repositories: int
    repository_gib: int
    schedule: str = SCHEDULE

    def __post_init__(self) -> None:
        if self.queue.role is not QueueRole.INGEST:
            raise ValueError(f"queue must be the ingest queue, got the one for {self.queue.role.value}")
        if not 1 <= self.concurrent_jobs <= JOBS_MAX:
            raise ValueError(
                f"concurrent_jobs must be 1-{JOBS_MAX} (caps.concurrent_ingest_jobs), got {self.concurrent_jobs}"
            )
        for name in ("repositories", "repository_gib"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")

    @property
    def push_jobs(self) -> int:
        """Jobs for pushes; together with the nightly ones no more than the cap."""
        return max(1, self.concurrent_jobs // PUSH_SHARE)

    @property
    def nightly_jobs(self) -> int:
        """Pods of the nightly Job at a time; 0 if the cap is 1, since the refresh message does the same."""
        return self.concurrent_jobs - self.push_jobs

    @property
    def shards(self) -> Shards:
        parallel = min(max(1, self.nightly_jobs), self.repositories)
        return Shards(count=min(self.repositories, SHARDS_PER_JOB * parallel), parallel=parallel)


class Ingest(pulumi.ComponentResource):
    """The nightly CronJob and the Jobs for pushes."""

    nightly: batch.v1.CronJob
    pushes: CustomResource

    def __init__(self, name: str, args: IngestArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.ingest:Ingest", name, None, opts)
        self._name, self._args = name, args

        self.nightly = self._nightly()
        self.pushes = self._pushes()

        self.register_outputs({"nightlyName": NIGHTLY, "pushesName": PUSH, "shards": args.shards.count})

    def _nightly(self) -> batch.v1.CronJob:
        args, shards = self._args, self._args.shards
        job = JobPlan(
            pod=self._pod(NIGHTLY, commands.INGEST_SHARD.args(index=f"$({SHARD})", count=shards.count)),
            deadline_seconds=NIGHT_SECONDS,
            retries=RETRIES,
            shards=shards,
        )
        return batch.v1.CronJob(
            f"{self._name}-nightly",
            metadata=args.base.metadata(Workload.INGEST, NIGHTLY),
            spec=cron_job_spec(args.base, job, schedule=args.schedule, suspend=args.nightly_jobs == 0),
            opts=args.base.options(self),
        )

    def _pushes(self) -> CustomResource:
        args, base = self._args, self._args.base
        # `accurate` assumes that messages which a worker has taken are invisible.
        trigger = QueueTrigger(queue=args.queue, messages_per_worker=1, counts_in_flight=False)
        authentication = create_trigger_authentication(
            f"{self._name}-queue", base, Workload.INGEST, trigger, base.options(self)
        )
        job = JobPlan(
            pod=self._pod(PUSH, commands.INGEST_QUEUE.args(take_seconds=TAKING_SECONDS)),
            deadline_seconds=TAKING_SECONDS + LONGEST_REPOSITORY_SECONDS,
            retries=RETRIES,
            kept_seconds=3_600,
        )
        return CustomResource(
            f"{self._name}-push",
            api_version=KEDA_API,
            kind="ScaledJob",
            metadata=base.metadata(Workload.INGEST, PUSH),
            spec={
                "jobTargetRef": job_spec(base, job),
                "pollingInterval": POLLING_SECONDS,
                "minReplicaCount": 0,
                "maxReplicaCount": args.push_jobs,
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 10,
                "rollout": {"strategy": "gradual"},  # a release does not stop running Jobs
                "scalingStrategy": {"strategy": "accurate"},
                "triggers": [trigger.spec(base.keep.region)],
            },
            opts=base.options(self, authentication),
        )

    def _pod(self, name: str, args: tuple[str, ...]) -> PodPlan:
        """Plans the pod on the ingest pool, whose nodes have scratch space on encrypted NVMe."""
        base = self._args.base
        return PodPlan(
            workload=Workload.INGEST,
            name=name,
            role=PoolRole.INGEST,
            priority=Priority.BATCH,
            containers=(Container(name="ingest", image=base.image(IMAGE), resources=RESOURCES, args=args),),
            scratch=Scratch(gib=SCRATCH_FACTOR * self._args.repository_gib),
            grace_seconds=GRACE_SECONDS,
        )
