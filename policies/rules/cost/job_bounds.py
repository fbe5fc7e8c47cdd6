"""A job that never ends holds its GPU for ever; jobs that are never removed fill the cluster."""

from collections.abc import Callable, Iterator
from typing import Any

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.cost._common import FRAMEWORKS
from policies.rules.kubernetes._pods import CRON_JOB, JOB, RAY_JOB, SCALED_JOB

LONGEST_SECONDS = 7 * 24 * 3600
RETRIES_MAX, HISTORY_MAX = 10, 10
SPECS = {JOB: "spec", CRON_JOB: "spec.jobTemplate.spec", SCALED_JOB: "spec.jobTargetRef", RAY_JOB: "spec"}

RULE = Rule(
    id="job-bounds",
    title="Jobs end, are removed, and do not pile up",
    severity=Severity.MEDIUM,
    family=Family.COST,
    applies_to=tuple(SPECS),
    requirement=Requirement.COST_CONTROL,
    why="A hung fine-tune holds its GPU node until somebody looks; a CronJob that may overlap starts one more a time.",
    remedy="set activeDeadlineSeconds, ttlSecondsAfterFinished and, on a CronJob, concurrencyPolicy: Forbid",
    frameworks=FRAMEWORKS,
)


@RULE.check
def bounded(node: Node, _: Case) -> Iterator[Finding]:
    spec = SPECS[node.type]
    deadline = f"must be 1 to {LONGEST_SECONDS} seconds"
    yield from RULE.require(node, f"{spec}.activeDeadlineSeconds", _between(1, LONGEST_SECONDS), deadline)
    yield from RULE.require(
        node, f"{spec}.backoffLimit", _between(0, RETRIES_MAX), f"must be at most {RETRIES_MAX}", optional=True
    )
    if node.type in (JOB, RAY_JOB):
        yield from RULE.require(node, "spec.ttlSecondsAfterFinished", _between(0, LONGEST_SECONDS), deadline)
    if node.type == RAY_JOB:
        yield from RULE.require(node, "spec.shutdownAfterJobFinishes", lambda value: value is True, "must be true")
    if node.type == CRON_JOB:
        yield from _cron_job(node)


def _cron_job(node: Node) -> Iterator[Finding]:
    yield from RULE.require(
        node, "spec.concurrencyPolicy", lambda policy: policy in ("Forbid", "Replace"), "must be Forbid or Replace"
    )
    for field in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        yield from RULE.require(
            node, f"spec.{field}", _between(0, HISTORY_MAX), f"must be at most {HISTORY_MAX}", optional=True
        )


def _between(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, (int, float)) and least <= value <= most
