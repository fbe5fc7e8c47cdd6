"""Asks the Git hosts who may read each repository, so that a team's grant cannot exceed their permissions."""

import pulumi
from codekeep_contracts import commands
from codekeep_contracts.images import ImageName
from pulumi_kubernetes import batch

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.release.base import Priority, ReleaseBase
from components.release.jobs import JobPlan, cron_job_spec
from components.release.pod import Container, PodPlan, Resources

NAME = "access-sync"
IMAGE: ImageName = "code-ingest-parse"
SCHEDULE = "*/15 * * * *"  # an answer is valid for an hour (access/permissions.py): three rounds may fail
DEADLINE_SECONDS = 720  # a round that hangs is stopped before the next
LATEST_START_SECONDS = 300
RESOURCES = Resources(cpu=0.25, memory_gib=0.5, cpu_limit=1)
GRACE_SECONDS = 30


class AccessSync(pulumi.ComponentResource):
    """A CronJob of the workload ingest, which has the tokens of the Git links and may reach their hosts."""

    job: batch.v1.CronJob

    def __init__(self, name: str, base: ReleaseBase, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:release.access_sync:AccessSync", name, None, opts)
        pod = PodPlan(
            workload=Workload.INGEST,
            name=NAME,
            role=PoolRole.SYSTEM,
            priority=Priority.SERVING,  # without it, readers are refused
            containers=(
                Container(name="sync", image=base.image(IMAGE), resources=RESOURCES, args=commands.ACCESS_SYNC.args()),
            ),
            grace_seconds=GRACE_SECONDS,
        )
        plan = JobPlan(pod=pod, deadline_seconds=DEADLINE_SECONDS, retries=1, kept_seconds=3_600)
        self.job = batch.v1.CronJob(
            name,
            metadata=base.metadata(Workload.INGEST, NAME),
            spec=cron_job_spec(base, plan, schedule=SCHEDULE, start_within_seconds=LATEST_START_SECONDS),
            opts=base.options(self),
        )
        self.register_outputs({"name": NAME})
