"""The alarms of a keep: on its objectives, and on the parts that would break them first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from codekeep_contracts import metrics
from codekeep_contracts.roles import QueueRole
from codekeep_contracts.settings.governance import Slo

from components.naming import Keep
from components.observe.alarm import Alarm, Metric
from components.queue_ref import QueueRef

OLDEST_REVIEW_SECONDS = 1_800  # a review that comes later finds the change merged
STORAGE_SHARE_FREE = 0.2
MIB_PER_GIB = 1_024
MEMORY_PRESSURE_PERCENT = 85
AT_ONCE: Mapping[str, int] = {"periods": 1, "periods_needed": 1}


def service_alarms(keep: Keep, slo: Slo) -> tuple[Alarm, ...]:
    """Alarms on the objectives that developers notice."""
    return (
        _above(
            "autocomplete-latency",
            slo.autocomplete_ms,
            _runtime(keep, metrics.AUTOCOMPLETE_LATENCY, "p95"),
            f"Suggestions take longer than {slo.autocomplete_ms} ms (p95). Look at cold starts, cache hits and "
            "waiting requests of the autocomplete model; raise its replicas or the pool's warm nodes.",
        ),
        _above(
            "chat-latency",
            slo.chat_first_token_ms,
            _runtime(keep, metrics.CHAT_FIRST_TOKEN_LATENCY, "p95"),
            f"The first token of an answer takes longer than {slo.chat_first_token_ms} ms (p95). Look at "
            "waiting requests of the chat model and at retrieval; raise its replicas.",
        ),
        _above(
            "retrieval-latency",
            slo.retrieval_ms,
            _runtime(keep, metrics.RETRIEVAL_LATENCY, "p95"),
            f"Retrieval takes longer than {slo.retrieval_ms} ms (p95). Look at the search domain's memory "
            "pressure and at indexing that runs beside it.",
        ),
        _success(
            keep,
            "availability",
            slo.availability_percent,
            {"requests": metrics.REQUESTS, "failed": metrics.FAILED_REQUESTS},
            f"Less than {slo.availability_percent} % of requests were answered. Look at the gateway's errors "
            "and at the last rollout; roll back if it came with one.",
        ),
    )


def freshness_alarms(keep: Keep, slo: Slo) -> tuple[Alarm, ...]:
    """Alarms on the objectives of the index."""
    return (
        _above(
            "index-freshness",
            slo.index_freshness_minutes,
            _runtime(keep, metrics.INDEX_AGE, "Maximum"),
            f"A commit has waited longer than {slo.index_freshness_minutes} minutes to be indexed. Look at the "
            "webhooks, the ingest queue and the jobs that failed.",
        ),
        _success(
            keep,
            "ingest-success",
            slo.ingest_success_percent,
            {"jobs": metrics.INGEST_JOBS, "failed": metrics.FAILED_INGEST_JOBS},
            f"Less than {slo.ingest_success_percent} % of ingest jobs succeeded. Look at their skip and error "
            "reasons: credentials of the Git host first.",
            period_seconds=900,
        ),
    )


def record_alarms(keep: Keep) -> tuple[Alarm, ...]:
    """Alarms on what would lose audit records."""
    return (
        _above(
            "audit-not-shipped",
            0,
            _runtime(keep, metrics.FAILED_AUDIT_SHIPMENTS, "Sum"),
            "Audit records stay on the pods that made them. Look at the audit bucket, its key and the gateway's "
            "role; a pod whose disk fills up answers nothing any more.",
        ),
    )


def queue_alarms(queue: QueueRef, slo: Slo) -> tuple[Alarm, ...]:
    """Alarms on messages that wait too long, and on messages that failed for good."""
    role = queue.role.value
    waited = slo.index_freshness_minutes * 60 if queue.role is QueueRole.INGEST else OLDEST_REVIEW_SECONDS

    def sqs(name: str, queue_name: pulumi.Input[str]) -> Metric:
        return Metric(namespace="AWS/SQS", name=name, statistic="Maximum", dimensions={"QueueName": queue_name})

    return (
        _above(
            f"queue-{role}-age",
            waited,
            sqs("ApproximateAgeOfOldestMessage", queue.name),
            f"The oldest message of the {role} queue waits for more than {waited} s. Look at its "
            "workers, and whether the pool is at its maximum.",
        ),
        _above(
            f"queue-{role}-failed",
            0,
            sqs("ApproximateNumberOfMessagesVisible", queue.dead_letter_name),
            f"Messages of the {role} queue failed for good. Read their reasons, repair, and move "
            "them back with a redrive.",
            **AT_ONCE,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class WatchedDomain:
    """A search domain in the keep's account; `volume_gib` is the volume of each instance."""

    name: str
    account_id: str
    volume_gib: int


def domain_alarms(domain: WatchedDomain) -> tuple[Alarm, ...]:
    """Alarms on what would break a search domain, before it breaks."""
    dimensions = {"DomainName": domain.name, "ClientId": domain.account_id}
    free_mib = domain.volume_gib * MIB_PER_GIB * STORAGE_SHARE_FREE

    def es(name: str, statistic: str) -> Metric:
        return Metric(namespace="AWS/ES", name=name, statistic=statistic, dimensions=dimensions)

    return (
        _above(
            "index-red",
            0,
            es("ClusterStatus.red", "Maximum"),
            "Shards of the search domain are lost or not yet there. Restore the index from its last snapshot if "
            "it does not recover by itself.",
            period_seconds=60,
            **AT_ONCE,
        ),
        _above(
            "index-writes-blocked",
            0,
            es("ClusterIndexWritesBlocked", "Maximum"),
            "The search domain refuses writes: memory or storage has run out. Raise the volume or the type.",
            **AT_ONCE,
        ),
        _below(
            "index-storage",
            free_mib,
            es("FreeStorageSpace", "Minimum"),
            f"Less than {free_mib:.0f} MiB are free on one of the search domain's nodes. Raise volume_gib.",
        ),
        _above(
            "index-memory",
            MEMORY_PRESSURE_PERCENT,
            es("JVMMemoryPressure", "Maximum"),
            f"Memory pressure of the search domain is above {MEMORY_PRESSURE_PERCENT} %. Choose a larger type.",
        ),
    )


def entry_alarms(load_balancer_suffix: pulumi.Input[str], target_group_suffix: pulumi.Input[str]) -> tuple[Alarm, ...]:
    """Alarms on the gateways behind the entry."""
    dimensions = {"LoadBalancer": load_balancer_suffix, "TargetGroup": target_group_suffix}

    def hosts(name: str, statistic: str) -> Metric:
        return Metric(namespace="AWS/NetworkELB", name=name, statistic=statistic, dimensions=dimensions)

    return (
        _below(
            "entry-no-gateway",
            1,
            hosts("HealthyHostCount", "Minimum"),
            "No healthy gateway stands behind the entry: developers get no answer. Look at its pods.",
            period_seconds=60,
            missing="breaching",
        ),
        _above(
            "entry-unhealthy-gateway",
            0,
            hosts("UnHealthyHostCount", "Maximum"),
            "Some gateways do not pass their health check. Look at the pods that restart.",
            periods=5,
            periods_needed=5,
            period_seconds=60,
        ),
    )


def _above(label: str, threshold: float, metric: Metric, remedy: str, **timing: Any) -> Alarm:
    return Alarm(label=label, remedy=remedy, comparison="above", threshold=threshold, metric=metric, **timing)


def _below(label: str, threshold: float, metric: Metric, remedy: str, **timing: Any) -> Alarm:
    return Alarm(label=label, remedy=remedy, comparison="below", threshold=threshold, metric=metric, **timing)


def _success(
    keep: Keep, label: str, percent: float, counters: Mapping[str, metrics.Metric], remedy: str, **timing: Any
) -> Alarm:
    """Share of the first counter that is not in `failed`; where there was nothing to do, nothing failed."""
    total = next(iter(counters))
    return Alarm(
        label=label,
        remedy=remedy,
        comparison="below",
        threshold=percent,
        expression=f"IF({total} > 0, 100 * (1 - failed / {total}), 100)",
        metrics={id_: _runtime(keep, counter, "Sum") for id_, counter in counters.items()},
        **timing,
    )


def _runtime(keep: Keep, metric: metrics.Metric, statistic: str) -> Metric:
    return Metric(namespace=metrics.metric_namespace(keep.tenant), name=metric.name, statistic=statistic)
