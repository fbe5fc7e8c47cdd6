"""Records metrics with OpenTelemetry: read by Prometheus, and sent by OTLP where a collector is configured.

Before `start` nothing is recorded and no SDK loaded: a command that nobody monitors pays nothing.
"""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.metrics import LABELS, METRICS, Metric
from codekeep_contracts.pods import METRICS_PORT_VARIABLE

from codekeep_runtime.telemetry.fields import FieldFilter
from codekeep_runtime.telemetry.log import LOG

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter
    from opentelemetry.sdk.metrics.export import MetricReader

MAX_PORT = 65_535
LATENCY_BUCKETS_MS = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000)

Record = Callable[[float, Mapping[str, str]], None]
_LABEL_FILTER = FieldFilter(LABELS)
_records: dict[str, Record] = {}
_registry: Any = None


def observe(metric: Metric, value: float = 1, **labels: object) -> None:
    """Adds to a counter, records in a histogram, or sets a gauge.

    Args:
        value: a finite number in the metric's unit.
        labels: of the metric; others, and values other than identifiers, are dropped and counted.
    """
    if not _records:
        return
    kept = {name: str(found) for name, found in _LABEL_FILTER.allowed_fields(labels).items() if name in metric.labels}
    LOG.field_filter.dropped += len(labels) - len(kept)
    _records[metric.name](value, kept)


def start(*exporters: "MetricReader") -> Callable[[], None]:
    """Starts recording for /metrics and `exporters`. Returns a function that sends what is left and stops."""
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.resources import Resource
    from prometheus_client import CollectorRegistry

    global _registry  # noqa: PLW0603 - one provider a process
    _registry = CollectorRegistry()
    scraped = PrometheusMetricReader(disable_target_info=True, scope_info_enabled=False, registry=_registry)
    # A resource without attributes: the SDK's default reads OTEL_RESOURCE_ATTRIBUTES, process and host.
    provider = MeterProvider([scraped, *exporters], resource=Resource({}))
    meter = provider.get_meter("codekeep")
    _records.update({metric.name: _instrument(meter, metric) for metric in METRICS})

    def stop() -> None:
        _records.clear()
        provider.shutdown()

    return stop


def prometheus_text() -> bytes:
    """The answer of /metrics, in Prometheus' text format; empty before `start`."""
    from prometheus_client import generate_latest

    return b"" if _registry is None else generate_latest(_registry)


def serve(environment: Mapping[str, str] = os.environ) -> None:
    """Serves Prometheus on all interfaces, in a daemon thread, if the variable of the port is set.

    For the main process of a pod: in any other one, such as an operator's command, the port is taken.

    Raises:
        SettingsFault: the variable is no port, or the port cannot be listened on.
    """
    from prometheus_client import start_http_server

    port = environment.get(METRICS_PORT_VARIABLE)
    if not port:
        return
    if not (port.isdecimal() and 0 < int(port) <= MAX_PORT):
        raise SettingsFault(f"{METRICS_PORT_VARIABLE} must be a port from 1 to {MAX_PORT}, got {port!r}")
    try:
        start_http_server(int(port), registry=_registry)
    except OSError as error:
        raise SettingsFault(f"metrics cannot be served on port {port} ({error.strerror}); is it taken?") from error


def _instrument(meter: "Meter", metric: Metric) -> Record:
    create = getattr(meter, f"create_{metric.kind.replace('-', '_')}")
    buckets = {"explicit_bucket_boundaries_advisory": LATENCY_BUCKETS_MS} if metric.kind == "histogram" else {}
    instrument = create(metric.name, unit=metric.unit, description=metric.help, **buckets)
    record: Record = getattr(instrument, {"histogram": "record", "gauge": "set"}.get(metric.kind, "add"))
    return record
