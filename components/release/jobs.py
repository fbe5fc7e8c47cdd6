"""Jobs of a release: they end, give up on what cannot succeed, and start again if their node is removed.

The runtime must resume from where it stopped (by commit or by checkpoint), and end with one of FINAL_EXIT_CODES if
another attempt would fail in the same way.
"""

from dataclasses import dataclass, replace
from typing import Any

from codekeep_contracts.faults import FINAL_EXIT_CODES

from components.release.base import ReleaseBase
from components.release.pod import PodPlan, pod_template

LONGEST_SECONDS = 7 * 24 * 3_600
RETRIES_MAX = 10
KEPT_SECONDS = 24 * 3_600  # so that a finished Job can be examined
HISTORY = 3
ZONE = "Etc/UTC"
PLACEHOLDER_SCHEDULE = "0 0 1 1 *"  # a CronJob needs a schedule even if it is suspended, a template only


@dataclass(frozen=True, kw_only=True)
class Shards:
    """A Job in `count` parts, `parallel` of them at a time; each gets its number in the variable SHARD."""

    count: int
    parallel: int

    def __post_init__(self) -> None:
        if not 1 <= self.parallel <= self.count:
            raise ValueError(f"parallel must be 1-{self.count}, no more than there are shards, got {self.parallel}")


@dataclass(frozen=True, kw_only=True)
class JobPlan:
    """`retries` are for the whole Job, or for each shard; pods lost with a drained node do not count."""

    pod: PodPlan
    deadline_seconds: int
    retries: int
    shards: Shards | None = None
    kept_seconds: int | None = (
        KEPT_SECONDS  # None in a Job of the stack: a refresh would miss it, and `up` run it again
    )

    def __post_init__(self) -> None:
        if not 1 <= self.deadline_seconds <= LONGEST_SECONDS:
            raise ValueError(f"deadline_seconds must be 1-{LONGEST_SECONDS}, a week, got {self.deadline_seconds}")
        if not 0 <= self.retries <= RETRIES_MAX:
            raise ValueError(f"retries must be 0-{RETRIES_MAX}, got {self.retries}")


def job_spec(base: ReleaseBase, plan: JobPlan) -> Any:
    """Spec of a Job, also for the template of a CronJob or a ScaledJob."""
    return {
        "activeDeadlineSeconds": plan.deadline_seconds,
        **({} if plan.kept_seconds is None else {"ttlSecondsAfterFinished": plan.kept_seconds}),
        "podFailurePolicy": {"rules": failure_rules(plan)},
        # The next pod starts when the last one is gone: two would write the same checkpoint.
        "podReplacementPolicy": "Failed",
        **_attempts(plan),
        "template": pod_template(base, replace(plan.pod, restart="Never")),
    }


def cron_job_spec(
    base: ReleaseBase,
    plan: JobPlan,
    *,
    schedule: str = PLACEHOLDER_SCHEDULE,
    start_within_seconds: int = 3_600,
    suspend: bool = False,
) -> Any:
    """Spec of a CronJob; a suspended one is a template, for `kubectl create job --from=cronjob/<name> <run>`."""
    job = job_spec(base, plan)
    labels = {"labels": job["template"]["metadata"]["labels"]}
    return {
        "schedule": schedule,
        "timeZone": ZONE,
        "suspend": suspend,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": start_within_seconds,
        "successfulJobsHistoryLimit": HISTORY,
        "failedJobsHistoryLimit": HISTORY,
        "jobTemplate": {"metadata": labels, "spec": job},
    }


def failure_rules(plan: JobPlan) -> list[dict[str, Any]]:
    """The first match decides: an eviction is no failure, a final exit code ends the work, anything else is retried."""
    end = "FailIndex" if plan.shards else "FailJob"  # a shard that fails for good does not stop the others
    return [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
        {"action": end, "onExitCodes": {"operator": "In", "values": list(FINAL_EXIT_CODES)}},
    ]


def _attempts(plan: JobPlan) -> dict[str, Any]:
    if plan.shards is None:
        return {"backoffLimit": plan.retries}
    return {
        "completionMode": "Indexed",
        "completions": plan.shards.count,
        "parallelism": plan.shards.parallel,
        "backoffLimitPerIndex": plan.retries,
    }
