"""Evaluations: every night, and on demand, the deployed models and the index against the keep's pinned questions.

`kubectl create job --from=cronjob/evals evals-<what for>` starts a run, as a rollout does before it goes on. The report
lies under `reports/<run>/` in the artifacts' bucket; a run that is repeated writes the same report.
"""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import batch

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.release.base import Priority, ReleaseBase
from components.release.jobs import RUN, JobPlan, cron_job_spec
from components.release.pod import Container, PodPlan, Resources, Scratch

IMAGE = "code-batch-review"
NAME = Workload.EVALS.value

SCHEDULE = "0 4 * * *"  # when the night's ingest is through most of the repositories, and nobody waits for the models
DEADLINE_SECONDS = 4 * 3_600
RETRIES = 1
RESOURCES = Resources(cpu="1", memory="4Gi", cpu_limit="2")
SCRATCH_GIB = 10


@dataclass(frozen=True, kw_only=True)
class EvalsArgs:
    """`schedule` in UTC. Needs images[code-batch-review]."""

    base: ReleaseBase
    schedule: str = SCHEDULE


class Evals(pulumi.ComponentResource):
    """The nightly CronJob."""

    nightly: batch.v1.CronJob

    def __init__(self, name: str, args: EvalsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.evals:Evals", name, None, opts)
        base = args.base

        job = JobPlan(pod=_pod(base), deadline_seconds=DEADLINE_SECONDS, retries=RETRIES)
        self.nightly = batch.v1.CronJob(
            name,
            metadata=base.metadata(Workload.EVALS),
            spec=cron_job_spec(base, job, schedule=args.schedule),
            opts=base.options(self),
        )

        self.register_outputs({"nightlyName": NAME})


def _pod(base: ReleaseBase) -> PodPlan:
    runner = Container(name="evals", image=base.image(IMAGE), resources=RESOURCES, args=("evals", f"--run=$({RUN})"))
    return PodPlan(
        workload=Workload.EVALS,
        role=PoolRole.SYSTEM,
        priority=Priority.BATCH,
        containers=(runner,),
        scratch=Scratch(gib=SCRATCH_GIB),
    )
