"""What a keep is watched for: its objectives, and the parts that would break them first."""

from dataclasses import dataclass

import pulumi
from codekeep_contracts import metrics
from codekeep_contracts.roles import QueueRole
from codekeep_contracts.settings.governance import Slo

from components.naming import Keep
from components.observe.alarm import Alarm, Metric
from components.queue_ref import QueueRef

# A message that waited this long has been overtaken by the objective on freshness, or a reviewer by the developer.
OLDEST_REVIEW_SECONDS = 1_800
STORAGE_SHARE_FREE = 0.2
MIB_PER_GIB = 1_024
MEMORY_PRESSURE_PERCENT = 85


def service_alarms(keep: Keep, slo: Slo) -> tuple[Alarm, ...]:
    """The objectives that developers feel."""

    def own(metric: metrics.Metric, statistic: str) -> Metric:
        return Metric(namespace=metrics.metric_namespace(keep.tenant), name=metric.name, statistic=statistic)

    return (
        Alarm(
            label="autocomplete-latency",
            remedy=f"Suggestions take longer than {slo.autocomplete_ms} ms (p95). Look at cold starts, cache hits and "
            "waiting requests of the autocomplete model; raise its replicas or the pool's warm nodes.",
            comparison="above",
            threshold=slo.autocomplete_ms,
            metric=own(metrics.AUTOCOMPLETE_LATENCY, "p95"),
        ),
        Alarm(
            label="chat-latency",
            remedy=f"The first token of an answer takes longer than {slo.chat_first_token_ms} ms (p95). Look at "
            "waiting requests of the chat model and at retrieval; raise its replicas.",
            comparison="above",
            threshold=slo.chat_first_token_ms,
            metric=own(metrics.CHAT_FIRST_TOKEN_LATENCY, "p95"),
        ),
        Alarm(
            label="retrieval-latency",
            remedy=f"Retrieval takes longer than {slo.retrieval_ms} ms (p95). Look at the search domain's memory "
            "pressure and at indexing that runs beside it.",
            comparison="above",
            threshold=slo.retrieval_ms,
            metric=own(metrics.RETRIEVAL_LATENCY, "p95"),
        ),
        Alarm(
            label="availability",
            remedy=f"Less than {slo.availability_percent} % of requests were answered. Look at the gateway's errors "
            "and at the last rollout; roll back if it came with one.",
            comparison="below",
            threshold=slo.availability_percent,
            # Nobody asking is no failure.
            expression="IF(requests > 0, 100 * (1 - failed / requests), 100)",
            metrics={"requests": own(metrics.REQUESTS, "Sum"), "failed": own(metrics.FAILED_REQUESTS, "Sum")},
        ),
    )


def freshness_alarms(keep: Keep, slo: Slo) -> tuple[Alarm, ...]:
    """The objectives on the index."""

    def own(metric: metrics.Metric, statistic: str) -> Metric:
        return Metric(namespace=metrics.metric_namespace(keep.tenant), name=metric.name, statistic=statistic)

    return (
        Alarm(
            label="index-freshness",
            remedy=f"A commit has waited longer than {slo.index_freshness_minutes} minutes to be indexed. Look at the "
            "webhooks, the ingest queue and the jobs that failed.",
            comparison="above",
            threshold=slo.index_freshness_minutes,
            metric=own(metrics.INDEX_AGE, "Maximum"),
        ),
        Alarm(
            label="ingest-success",
            remedy=f"Less than {slo.ingest_success_percent} % of ingest jobs succeeded. Look at their skip and error "
            "reasons: credentials of the Git host first.",
            comparison="below",
            threshold=slo.ingest_success_percent,
            expression="IF(jobs > 0, 100 * (1 - failed / jobs), 100)",
            metrics={"jobs": own(metrics.INGEST_JOBS, "Sum"), "failed": own(metrics.FAILED_INGEST_JOBS, "Sum")},
            period_seconds=900,
        ),
    )


def record_alarms(keep: Keep) -> tuple[Alarm, ...]:
    """What would lose the record of who saw what."""
    return (
        Alarm(
            label="audit-not-shipped",
            remedy="Audit records stay on the pods that made them. Look at the audit bucket, its key and the gateway's "
            "role; a pod whose disk fills up answers nothing any more.",
            comparison="above",
            threshold=0,
            metric=Metric(
                namespace=metrics.metric_namespace(keep.tenant),
                name=metrics.FAILED_AUDIT_SHIPMENTS.name,
                statistic="Sum",
            ),
        ),
    )


def queue_alarms(queue: QueueRef, slo: Slo) -> tuple[Alarm, ...]:
    """Work that waits too long, and work that failed for good."""
    waited = slo.index_freshness_minutes * 60 if queue.role is QueueRole.INGEST else OLDEST_REVIEW_SECONDS
    return (
        Alarm(
            label=f"queue-{queue.role.value}-age",
            remedy=f"The oldest message of the {queue.role.value} queue waits for more than {waited} s. Look at its "
            "workers, and whether the pool is at its maximum.",
            comparison="above",
            threshold=waited,
            metric=Metric(
                namespace="AWS/SQS",
                name="ApproximateAgeOfOldestMessage",
                statistic="Maximum",
                dimensions={"QueueName": queue.name},
            ),
        ),
        Alarm(
            label=f"queue-{queue.role.value}-failed",
            remedy=f"Messages of the {queue.role.value} queue failed for good. Read their reasons, repair, and move "
            "them back with a redrive.",
            comparison="above",
            threshold=0,
            periods=1,
            periods_needed=1,
            metric=Metric(
                namespace="AWS/SQS",
                name="ApproximateNumberOfMessagesVisible",
                statistic="Maximum",
                dimensions={"QueueName": queue.dead_letter_name},
            ),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class WatchedDomain:
    """A search domain of the account's own; `volume_gib` is each instance's."""

    name: str
    account_id: str
    volume_gib: int


def domain_alarms(domain: WatchedDomain) -> tuple[Alarm, ...]:
    """What breaks a search domain, before it is broken."""

    def of(name: str, statistic: str) -> Metric:
        dimensions = {"DomainName": domain.name, "ClientId": domain.account_id}
        return Metric(namespace="AWS/ES", name=name, statistic=statistic, dimensions=dimensions)

    free_mib = domain.volume_gib * MIB_PER_GIB * STORAGE_SHARE_FREE
    return (
        Alarm(
            label="index-red",
            remedy="Shards of the search domain are lost or not yet there. Restore the index from its last snapshot if "
            "it does not recover by itself.",
            comparison="above",
            threshold=0,
            periods=1,
            periods_needed=1,
            period_seconds=60,
            metric=of("ClusterStatus.red", "Maximum"),
        ),
        Alarm(
            label="index-writes-blocked",
            remedy="The search domain refuses writes: memory or storage has run out. Raise the volume or the type.",
            comparison="above",
            threshold=0,
            periods=1,
            periods_needed=1,
            metric=of("ClusterIndexWritesBlocked", "Maximum"),
        ),
        Alarm(
            label="index-storage",
            remedy=f"Less than {free_mib:.0f} MiB are free on one of the search domain's nodes. Raise volume_gib.",
            comparison="below",
            threshold=free_mib,
            metric=of("FreeStorageSpace", "Minimum"),
        ),
        Alarm(
            label="index-memory",
            remedy=f"Memory pressure of the search domain is above {MEMORY_PRESSURE_PERCENT} %. Choose a larger type.",
            comparison="above",
            threshold=MEMORY_PRESSURE_PERCENT,
            metric=of("JVMMemoryPressure", "Maximum"),
        ),
    )


def entry_alarms(load_balancer_suffix: pulumi.Input[str], target_group_suffix: pulumi.Input[str]) -> tuple[Alarm, ...]:
    """Whether the entry has a gateway behind it."""
    dimensions = {"LoadBalancer": load_balancer_suffix, "TargetGroup": target_group_suffix}
    return (
        Alarm(
            label="entry-no-gateway",
            remedy="No healthy gateway stands behind the entry: developers get no answer. Look at its pods.",
            comparison="below",
            threshold=1,
            period_seconds=60,
            missing="breaching",
            metric=Metric(
                namespace="AWS/NetworkELB", name="HealthyHostCount", statistic="Minimum", dimensions=dimensions
            ),
        ),
        Alarm(
            label="entry-unhealthy-gateway",
            remedy="Some gateways do not pass their health check. Look at the pods that restart.",
            comparison="above",
            threshold=0,
            periods=5,
            periods_needed=5,
            period_seconds=60,
            metric=Metric(
                namespace="AWS/NetworkELB", name="UnHealthyHostCount", statistic="Maximum", dimensions=dimensions
            ),
        ),
    )
