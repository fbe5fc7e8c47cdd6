"""Exports with OpenTelemetry's SDK: logs, metrics and, if configured, spans, by OTLP over HTTP to the keep's collector.

Follows OpenTelemetry's own variables (`client_environment` in components/release/telemetry.py sets them). Providers
are private to this package, never global, so that no library's own instrumentation is exported.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

from codekeep_contracts.pods import METRICS_PORT_VARIABLE, OTLP_ENDPOINT, TRACES_EXPORTER

from codekeep_runtime.telemetry import metrics, spans
from codekeep_runtime.telemetry.log import LOG


def start(environment: Mapping[str, str] = os.environ) -> Callable[[], None]:
    """Starts exporting where an endpoint or a port is set. Returns a function that sends what is left and stops."""
    stops = []
    if environment.get(OTLP_ENDPOINT):
        stops.append(_logs())
    if environment.get(OTLP_ENDPOINT) or environment.get(METRICS_PORT_VARIABLE):
        stops.append(_metrics(environment))
    if environment.get(OTLP_ENDPOINT) and environment.get(TRACES_EXPORTER) == "otlp":
        stops.append(_spans())

    def stop() -> None:
        LOG.forward = None
        for each in stops:
            each()

    return stop


def _metrics(environment: Mapping[str, str]) -> Callable[[], None]:
    """Records metrics, and sends them to the collector where there is one."""
    readers = []
    if environment.get(OTLP_ENDPOINT):
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
    return metrics.start(*readers)


def _spans() -> Callable[[], None]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=_empty_resource())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    spans.trace_by(provider)
    return provider.shutdown


def _logs() -> Callable[[], None]:
    from opentelemetry._logs import LogRecord
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    provider = LoggerProvider(resource=_empty_resource())
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    logger = provider.get_logger("codekeep")
    LOG.forward = lambda line: logger.emit(LogRecord(attributes=line))
    return provider.shutdown


def _empty_resource() -> Any:
    """A resource without attributes: the SDK's default reads OTEL_RESOURCE_ATTRIBUTES, process and host."""
    from opentelemetry.sdk.resources import Resource

    return Resource({})
