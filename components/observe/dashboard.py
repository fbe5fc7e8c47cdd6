"""The dashboard of a keep: its objectives with their thresholds, its work, its index."""

import json
from collections.abc import Sequence
from typing import Any

from codekeep_contracts import metrics
from codekeep_contracts.settings.governance import Slo

from components.naming import Keep

COLUMNS, HEIGHT, PER_ROW = 8, 6, 3


def dashboard_body(keep: Keep, slo: Slo, *, queues: Sequence[tuple[str, str]], domain_name: str | None) -> str:
    """JSON text of the dashboard; `queues` are pairs of a queue's name and its dead-letter queue's."""
    widgets = [*_service(keep, slo), *_work(keep, slo, queues), *_index(keep, domain_name)]
    return json.dumps(
        {"widgets": [_with_position(index, widget) for index, widget in enumerate(widgets)]}, sort_keys=True
    )


def _with_position(index: int, properties: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(index, PER_ROW)
    place = {"x": column * COLUMNS, "y": row * HEIGHT, "width": COLUMNS, "height": HEIGHT}
    return {"type": "metric", **place, "properties": properties}


def _widget(
    keep: Keep, title: str, stat: str, series: list[list[Any]], objective: float | None = None
) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "title": title,
        "region": keep.region,
        "view": "timeSeries",
        "stacked": False,
        "period": 300,
        "stat": stat,
        "metrics": series,
    }
    if objective is not None:
        properties["annotations"] = {"horizontal": [{"label": "objective", "value": objective}]}
    return properties


def _runtime(
    keep: Keep, title: str, stat: str, *series: metrics.Metric, objective: float | None = None
) -> dict[str, Any]:
    """A widget of the runtime's own metrics."""
    namespace = metrics.metric_namespace(keep.tenant)
    return _widget(keep, title, stat, [[namespace, metric.name] for metric in series], objective)


def _service(keep: Keep, slo: Slo) -> list[dict[str, Any]]:
    namespace = metrics.metric_namespace(keep.tenant)
    answered: list[list[Any]] = [
        [{"expression": "100 * (1 - failed / requests)", "label": "answered %", "id": "answered"}],
        [namespace, metrics.REQUESTS.name, {"id": "requests", "visible": False}],
        [namespace, metrics.FAILED_REQUESTS.name, {"id": "failed", "visible": False}],
    ]
    autocomplete, first_token = metrics.AUTOCOMPLETE_LATENCY, metrics.CHAT_FIRST_TOKEN_LATENCY
    load = (metrics.MODEL_REQUESTS_IN_FLIGHT, metrics.MODEL_REQUESTS_QUEUED)
    return [
        _runtime(keep, "Autocomplete, p95 ms", "p95", autocomplete, objective=slo.autocomplete_ms),
        _runtime(keep, "Chat to first token, p95 ms", "p95", first_token, objective=slo.chat_first_token_ms),
        _runtime(keep, "Retrieval, p95 ms", "p95", metrics.RETRIEVAL_LATENCY, objective=slo.retrieval_ms),
        _widget(keep, "Availability", "Sum", answered, slo.availability_percent),
        _runtime(keep, "Cache and retrieval hits", "Sum", metrics.CACHE_HITS, metrics.RETRIEVAL_HITS),
        _runtime(keep, "Tokens out", "Sum", metrics.OUTPUT_TOKENS),
        _runtime(keep, "Model requests in flight and queued", "Maximum", *load),
    ]


def _work(keep: Keep, slo: Slo, queues: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    freshness, age = slo.index_freshness_minutes, metrics.INDEX_AGE
    waiting: list[list[Any]] = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name] for pair in queues for name in pair
    ]
    return [
        _runtime(keep, "Oldest commit not yet indexed, minutes", "Maximum", age, objective=freshness),
        _runtime(keep, "Ingest jobs", "Sum", metrics.INGEST_JOBS, metrics.FAILED_INGEST_JOBS),
        _runtime(keep, "Audit records not shipped", "Sum", metrics.FAILED_AUDIT_SHIPMENTS),
        _widget(keep, "Messages waiting and failed", "Maximum", waiting),
    ]


def _index(keep: Keep, domain_name: str | None) -> list[dict[str, Any]]:
    if domain_name is None:
        return []
    rows = (
        ("Search latency, ms", "Average", "SearchLatency"),
        ("Search memory pressure, %", "Maximum", "JVMMemoryPressure"),
        ("Free storage of the fullest node, MiB", "Minimum", "FreeStorageSpace"),
    )
    domain = ("DomainName", domain_name, "ClientId", keep.account_id)
    return [_widget(keep, title, stat, [["AWS/ES", metric, *domain]]) for title, stat, metric in rows]
