"""The dashboard of a keep: its objectives with their lines, its work, its index."""

import json
from collections.abc import Sequence
from typing import Any

from codekeep_contracts import metrics
from codekeep_contracts.settings.governance import Slo

from components.naming import Keep

COLUMNS, HEIGHT, PER_ROW = 8, 6, 3


def dashboard_body(keep: Keep, slo: Slo, *, queues: Sequence[tuple[str, str]], domain_name: str | None) -> str:
    """JSON of the dashboard; `queues` are pairs of a queue's name and that of its failures."""
    widgets = [*_service(keep, slo), *_work(keep, slo, queues), *_index(keep, domain_name)]
    return json.dumps({"widgets": [_placed(index, widget) for index, widget in enumerate(widgets)]}, sort_keys=True)


def _placed(index: int, widget: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(index, PER_ROW)
    return {"type": "metric", "x": column * COLUMNS, "y": row * HEIGHT, "width": COLUMNS, "height": HEIGHT, **widget}


def _widget(
    keep: Keep, title: str, metrics: list[list[Any]], *, stat: str, line: tuple[str, float] | None = None
) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "title": title,
        "region": keep.region,
        "view": "timeSeries",
        "stacked": False,
        "period": 300,
        "stat": stat,
        "metrics": metrics,
    }
    if line is not None:
        properties["annotations"] = {"horizontal": [{"label": line[0], "value": line[1]}]}
    return {"properties": properties}


def _service(keep: Keep, slo: Slo) -> list[dict[str, Any]]:
    own = metrics.metric_namespace(keep.tenant)
    answered: list[list[Any]] = [
        [{"expression": "100 * (1 - failed / requests)", "label": "answered %", "id": "answered"}],
        [own, metrics.REQUESTS.name, {"id": "requests", "visible": False}],
        [own, metrics.FAILED_REQUESTS.name, {"id": "failed", "visible": False}],
    ]
    return [
        _widget(
            keep,
            "Autocomplete, p95 ms",
            [[own, metrics.AUTOCOMPLETE_LATENCY.name]],
            stat="p95",
            line=("objective", slo.autocomplete_ms),
        ),
        _widget(
            keep,
            "Chat to first token, p95 ms",
            [[own, metrics.CHAT_FIRST_TOKEN_LATENCY.name]],
            stat="p95",
            line=("objective", slo.chat_first_token_ms),
        ),
        _widget(
            keep,
            "Retrieval, p95 ms",
            [[own, metrics.RETRIEVAL_LATENCY.name]],
            stat="p95",
            line=("objective", slo.retrieval_ms),
        ),
        _widget(keep, "Availability", answered, stat="Sum", line=("objective", slo.availability_percent)),
        _widget(
            keep,
            "Cache and retrieval hits",
            [[own, metrics.CACHE_HITS.name], [own, metrics.RETRIEVAL_HITS.name]],
            stat="Sum",
        ),
        _widget(keep, "Tokens out", [[own, metrics.OUTPUT_TOKENS.name]], stat="Sum"),
        _widget(
            keep,
            "Model requests in flight and queued",
            [[own, metrics.MODEL_REQUESTS_IN_FLIGHT.name], [own, metrics.MODEL_REQUESTS_QUEUED.name]],
            stat="Maximum",
        ),
    ]


def _work(keep: Keep, slo: Slo, queues: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    own = metrics.metric_namespace(keep.tenant)
    waiting: list[list[Any]] = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name] for pair in queues for name in pair
    ]
    return [
        _widget(
            keep,
            "Oldest commit not yet indexed, minutes",
            [[own, metrics.INDEX_AGE.name]],
            stat="Maximum",
            line=("objective", slo.index_freshness_minutes),
        ),
        _widget(
            keep, "Ingest jobs", [[own, metrics.INGEST_JOBS.name], [own, metrics.FAILED_INGEST_JOBS.name]], stat="Sum"
        ),
        _widget(keep, "Audit records not shipped", [[own, metrics.FAILED_AUDIT_SHIPMENTS.name]], stat="Sum"),
        _widget(keep, "Messages waiting and failed", waiting, stat="Maximum"),
    ]


def _index(keep: Keep, domain_name: str | None) -> list[dict[str, Any]]:
    if domain_name is None:
        return []

    def of(name: str) -> list[Any]:
        return ["AWS/ES", name, "DomainName", domain_name, "ClientId", keep.account_id]

    return [
        _widget(keep, "Search latency, ms", [of("SearchLatency")], stat="Average"),
        _widget(keep, "Search memory pressure, %", [of("JVMMemoryPressure")], stat="Maximum"),
        _widget(keep, "Free storage of the fullest node, MiB", [of("FreeStorageSpace")], stat="Minimum"),
    ]
