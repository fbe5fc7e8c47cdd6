"""Measurements: Prometheus text for who scrapes this process, and OTLP where a collector is configured.

The names are those that a keep's alarms read; a test holds them equal to components/observe/slo_metrics.py.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from codekeep_runtime.telemetry.log import LOG

LABELS = ("component", "route", "status")  # nothing that grows with readers or repositories
_LATENCY_MS = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000)


@dataclass(frozen=True)
class Instrument:
    """`prometheus` is its name at /metrics, without `_total` for counters."""

    kind: Literal["counter", "histogram", "gauge"]
    prometheus: str
    help: str


INSTRUMENTS = {
    "Requests": Instrument("counter", "codekeep_requests", "Answered requests."),
    "FailedRequests": Instrument("counter", "codekeep_failed_requests", "Requests that ended in an error of ours."),
    "AutocompleteLatency": Instrument("histogram", "codekeep_autocomplete_ms", "Request to whole suggestion."),
    "ChatFirstTokenLatency": Instrument("histogram", "codekeep_chat_first_token_ms", "Request to first token."),
    "RetrievalLatency": Instrument("histogram", "codekeep_retrieval_ms", "Question to ranked chunks."),
    "IndexAge": Instrument("gauge", "codekeep_index_age_minutes", "Age of the oldest commit not yet indexed."),
    "IngestJobs": Instrument("counter", "codekeep_ingest_jobs", "Finished ingest jobs."),
    "FailedIngestJobs": Instrument("counter", "codekeep_failed_ingest_jobs", "Failed ingest jobs."),
    "FailedAuditShipments": Instrument("counter", "codekeep_failed_audit_shipments", "Audit records not shipped yet."),
    "CacheHits": Instrument("counter", "codekeep_cache_hits", "Answers from a cache."),
    "RetrievalHits": Instrument("counter", "codekeep_retrieval_hits", "Requests for which retrieval found something."),
    "OutputTokens": Instrument("counter", "codekeep_output_tokens", "Tokens of answers."),
}

Record = Callable[[float, dict[str, str]], None]
_lock = threading.Lock()
_exported: dict[str, Record] = {}  # by OTLP, filled by `export_by`


def observe(name: str, value: float = 1, **labels: object) -> None:
    """Adds to a counter, records in a histogram, or sets a gauge.

    Args:
        name: one of INSTRUMENTS; another is dropped and counted, as a log's field would be.
        value: a finite number in the instrument's unit.
        labels: of LABELS; others are dropped and counted.
    """
    if name not in INSTRUMENTS:
        LOG.gate.dropped += 1
        return
    passed = LOG.gate.passed(labels)
    LOG.gate.dropped += sum(1 for label in passed if label not in LABELS)
    kept = {label: str(passed.get(label, "")) for label in LABELS}
    _scraped()[name](value, kept)
    if name in _exported:
        _exported[name](value, {label: text for label, text in kept.items() if text})


def text() -> bytes:
    """What /metrics answers, in Prometheus' text format."""
    from prometheus_client import generate_latest

    _scraped()
    return generate_latest(_registry())


def export_by(provider: Any) -> None:
    """Records into an OpenTelemetry MeterProvider from now on, beside what is scraped."""
    meter = provider.get_meter("codekeep")
    with _lock:
        for name, instrument in INSTRUMENTS.items():
            _exported[name] = _otlp_record(meter, name, instrument)


def _otlp_record(meter: Any, name: str, instrument: Instrument) -> Record:
    if instrument.kind == "counter":
        add: Record = meter.create_counter(name).add
        return add
    if instrument.kind == "histogram":
        record: Record = meter.create_histogram(name, unit="ms").record
        return record
    set_: Record = meter.create_gauge(name).set
    return set_


@cache
def _registry() -> Any:
    from prometheus_client import CollectorRegistry

    return CollectorRegistry()


_instruments: dict[str, Record] = {}


def _scraped() -> dict[str, Record]:
    """Made at the first use: a command that measures nothing loads nothing."""
    with _lock:
        if not _instruments:
            _instruments.update({name: _prometheus_record(each) for name, each in INSTRUMENTS.items()})
    return _instruments


def _prometheus_record(instrument: Instrument) -> Record:
    from prometheus_client import Counter, Gauge, Histogram

    name, told, registry = instrument.prometheus, instrument.help, _registry()
    if instrument.kind == "counter":
        counter = Counter(name, told, LABELS, registry=registry)
        return lambda value, labels: counter.labels(**labels).inc(value)
    if instrument.kind == "histogram":
        histogram = Histogram(name, told, LABELS, registry=registry, buckets=_LATENCY_MS)
        return lambda value, labels: histogram.labels(**labels).observe(value)
    gauge = Gauge(name, told, LABELS, registry=registry)
    return lambda value, labels: gauge.labels(**labels).set(value)
