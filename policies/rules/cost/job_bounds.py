"""A job that never ends occupies its GPU for ever; jobs that are never removed fill the cluster.

A Job that a program declares may stay: there is one of it, and where the cluster removes it, the next deployment takes
it for missing and runs it again.
"""

from dataclasses import replace

from policies.conditions import TRUE, Expectation, between, one_of
from policies.rule import Requirement, Severity, cost_rule
from policies.rules.cost._common import FRAMEWORKS
from policies.rules.kubernetes._pods import CRON_JOB, JOB, RAY_JOB, SCALED_JOB

LONGEST_SECONDS = 7 * 24 * 3600
SPECS = {JOB: "spec", CRON_JOB: "spec.jobTemplate.spec", SCALED_JOB: "spec.jobTargetRef", RAY_JOB: "spec"}
REMOVED = Expectation("spec.ttlSecondsAfterFinished", between(0, LONGEST_SECONDS, "seconds"))
MORE = {
    JOB: (replace(REMOVED, optional=True),),
    RAY_JOB: (REMOVED, Expectation("spec.shutdownAfterJobFinishes", TRUE)),
    CRON_JOB: (
        Expectation("spec.concurrencyPolicy", one_of("Forbid", "Replace")),
        Expectation("spec.successfulJobsHistoryLimit", between(0, 10), optional=True),
        Expectation("spec.failedJobsHistoryLimit", between(0, 10), optional=True),
    ),
}

RULE = cost_rule(
    id="job-bounds",
    title="Jobs end, are removed, and do not pile up",
    severity=Severity.MEDIUM,
    requirement=Requirement.COST_CONTROL,
    why="A hung fine-tune occupies its GPU node until somebody looks; CronJobs that overlap start more each time.",
    remedy="set activeDeadlineSeconds; ttlSecondsAfterFinished on a RayJob; concurrencyPolicy: Forbid on a CronJob",
    frameworks=FRAMEWORKS,
    expects={
        type_: (
            Expectation(f"{spec}.activeDeadlineSeconds", between(1, LONGEST_SECONDS, "seconds")),
            Expectation(f"{spec}.backoffLimit", between(0, 10), optional=True),
            *MORE.get(type_, ()),
        )
        for type_, spec in SPECS.items()
    },
)
