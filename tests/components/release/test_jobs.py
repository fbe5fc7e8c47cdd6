"""Plans of jobs: ends, retries, shards and schedules."""

from dataclasses import replace
from typing import Any

import pytest
from pulumi_kubernetes.batch.v1 import CronJob

from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.release.base import Priority
from components.release.jobs import JobPlan, Shards, cron_job_spec
from components.release.pod import Container, PodPlan, Resources
from tests.components.recording import record
from tests.components.release.bases import DIGEST, REGISTRY, make_base

PLAN = JobPlan(
    pod=PodPlan(
        workload=Workload.EVALS,
        role=PoolRole.SYSTEM,
        priority=Priority.BATCH,
        containers=(
            Container(
                name="evals",
                image=f"{REGISTRY}/codekeep-acme/code-batch-review@{DIGEST}",
                resources=Resources(cpu=1, memory_gib=1),
                env={"TZ": "UTC"},
            ),
        ),
    ),
    deadline_seconds=600,
    retries=3,
)


def cron_job(plan: JobPlan = PLAN, **options: Any) -> Any:
    def program() -> None:
        CronJob("acme-job", spec=cron_job_spec(make_base(), plan, **options))

    return record(program).one("kubernetes:batch/v1:CronJob").inputs["spec"]


def job(plan: JobPlan = PLAN) -> Any:
    return cron_job(plan)["jobTemplate"]["spec"]


def test_a_job_ends_and_is_removed() -> None:
    spec = job()
    assert spec["activeDeadlineSeconds"] == 600
    assert spec["ttlSecondsAfterFinished"] == 86_400
    assert spec["backoffLimit"] == 3
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_an_eviction_is_no_failure_and_a_final_exit_code_ends_the_job() -> None:
    assert job()["podFailurePolicy"]["rules"] == [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [2, 65, 77, 78]}},
    ]


def test_the_next_pod_waits_for_the_end_of_the_last() -> None:
    assert job()["podReplacementPolicy"] == "Failed"


def test_each_shard_fails_and_is_retried_by_itself() -> None:
    spec = job(replace(PLAN, shards=Shards(count=12, parallel=3)))
    assert spec["completionMode"] == "Indexed"
    assert (spec["completions"], spec["parallelism"], spec["backoffLimitPerIndex"]) == (12, 3, 3)
    assert "backoffLimit" not in spec
    assert [rule["action"] for rule in spec["podFailurePolicy"]["rules"]] == ["Ignore", "FailIndex"]


def test_runs_do_not_overlap_and_late_ones_are_skipped() -> None:
    spec = cron_job(schedule="0 1 * * *")
    assert (spec["schedule"], spec["timeZone"], spec["suspend"]) == ("0 1 * * *", "Etc/UTC", False)
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["startingDeadlineSeconds"] == 3_600
    assert spec["successfulJobsHistoryLimit"] == spec["failedJobsHistoryLimit"] == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"deadline_seconds": 0}, "deadline_seconds must be 1-604800, a week, got 0"),
        ({"deadline_seconds": 604_801}, "got 604801"),
        ({"retries": 11}, "retries must be 0-10, got 11"),
    ],
)
def test_a_job_without_an_end_is_refused(changes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(PLAN, **changes)


def test_more_parallel_shards_than_shards_are_refused() -> None:
    with pytest.raises(ValueError, match="parallel must be 1-2, no more than there are shards, got 3"):
        Shards(count=2, parallel=3)
