"""Fine-tuning: a template of a Job that somebody starts, and that ends as an adapter in the keep's model bucket.

Deploying starts no run; `kubectl create job --from=cronjob/finetune finetune-<what for>` does. The Job's name is the
run's: checkpoints lie under `checkpoints/<run>/` in the models' bucket, and a pod that takes over from an evicted one
goes on from the newest. Only pods that failed by themselves use up the retries.
"""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import batch

from components.compute.node_user_data import SHUTDOWN_SECONDS
from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.release.base import Priority, ReleaseBase
from components.release.jobs import LONGEST_SECONDS, RUN, JobPlan, cron_job_spec
from components.release.pod import Container, PodPlan, Resources, Scratch

IMAGE = "code-finetune-cu12"
NAME = Workload.FINETUNE.value

CHECKPOINT_MINUTES = 15  # what an eviction costs at most
GRACE_SECONDS = SHUTDOWN_SECONDS[True]  # to write one more checkpoint: as long as a GPU node waits that shuts down
RETRIES = 3
CPUS_PER_GPU, MEMORY_GIB_PER_GPU, SHARED_MEMORY_GIB_PER_GPU = 8, 64, 8
GPUS_MAX = 8
SECONDS_PER_HOUR = 3_600


@dataclass(frozen=True, kw_only=True)
class FinetuneArgs:
    """`gpus` of one node of a gpu-batch pool, which the keep must have. Needs images[code-finetune-cu12]."""

    base: ReleaseBase
    gpus: int = 1
    pool: str | None = None  # where there are several gpu-batch pools
    scratch_gib: int = 200
    longest_hours: int = 72

    def __post_init__(self) -> None:
        if not 1 <= self.gpus <= GPUS_MAX:
            raise ValueError(f"gpus must be 1-{GPUS_MAX}, those of one node, got {self.gpus}")
        if not 1 <= self.longest_hours <= LONGEST_SECONDS // SECONDS_PER_HOUR:
            raise ValueError(f"longest_hours must be 1-{LONGEST_SECONDS // SECONDS_PER_HOUR}, got {self.longest_hours}")


class Finetune(pulumi.ComponentResource):
    """The suspended CronJob that runs are started from."""

    template: batch.v1.CronJob

    def __init__(self, name: str, args: FinetuneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.finetune:Finetune", name, None, opts)
        base = args.base

        job = JobPlan(pod=_pod(args), deadline_seconds=args.longest_hours * SECONDS_PER_HOUR, retries=RETRIES)
        self.template = batch.v1.CronJob(
            name,
            metadata=base.metadata(Workload.FINETUNE),
            spec=cron_job_spec(base, job, suspend=True),
            opts=base.options(self),
        )

        self.register_outputs({"templateName": NAME})


def _pod(args: FinetuneArgs) -> PodPlan:
    trainer = Container(
        name="finetune",
        image=args.base.image(IMAGE),
        resources=Resources(
            cpu=str(CPUS_PER_GPU * args.gpus), memory=f"{MEMORY_GIB_PER_GPU * args.gpus}Gi", gpus=args.gpus
        ),
        args=("finetune", f"--run=$({RUN})", f"--checkpoint-minutes={CHECKPOINT_MINUTES}"),
    )
    return PodPlan(
        workload=Workload.FINETUNE,
        role=PoolRole.GPU_BATCH,
        pool=args.pool,
        priority=Priority.BATCH,
        containers=(trainer,),
        scratch=Scratch(gib=args.scratch_gib),
        shared_memory_gib=SHARED_MEMORY_GIB_PER_GPU * args.gpus,
        grace_seconds=GRACE_SECONDS,
    )
