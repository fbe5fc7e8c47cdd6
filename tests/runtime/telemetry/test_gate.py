"""The gate for logs, spans and metrics passes identifiers only, and nothing bypasses it."""

import io
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import urllib.request
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.log_fields import LOG_FIELDS
from codekeep_contracts.metrics import INDEX_AGE, METRICS, MODEL_REQUESTS_IN_FLIGHT, REQUESTS, RETRIEVAL_LATENCY
from codekeep_contracts.pods import METRICS_PORT_VARIABLE
from codekeep_runtime.telemetry import emit, foreign, metrics, span, spans
from codekeep_runtime.telemetry.fields import FieldFilter
from codekeep_runtime.telemetry.log import LOG
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

CANARY = "canary 7f31 def secret():"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    before, LOG.stream = LOG.stream, io.StringIO()
    yield LOG.stream
    LOG.stream = before


@given(st.text())
def test_only_identifiers_pass_the_gate(text: str) -> None:
    passed = FieldFilter().allowed_fields({"route": text})
    assert all(char.isascii() and not char.isspace() for char in passed.get("route", ""))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "value", [CANARY, "", "a" * 129, "a\n", b"bytes", None, ["x"], {"x": 1}, float("nan"), 1 << 70]
)
def test_other_values_are_dropped_and_counted(value: object) -> None:
    gate = FieldFilter()
    assert gate.allowed_fields({"route": value}) == {}
    assert gate.dropped == 1


def test_a_log_line_contains_only_allowed_fields(lines: io.StringIO) -> None:
    emit("asked", component="gateway", status=200, prompt=CANARY, route="/v1/search", error_kind=CANARY)
    line = json.loads(lines.getvalue())
    assert (line["event"], line["status"], line["route"]) == ("asked", 200, "/v1/search")
    assert set(line) <= set(LOG_FIELDS)
    assert "canary" not in lines.getvalue()


def test_a_closed_stream_fails_no_request(lines: io.StringIO) -> None:
    lines.close()
    emit("asked", component="gateway")


def test_log_records_of_libraries_lose_their_text_for_every_handler(lines: io.StringIO) -> None:
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    before = (root.handlers, root.level)
    own = io.StringIO()
    try:
        foreign.catch_all()
        library = logging.getLogger("pytest.client")
        library.addHandler(logging.StreamHandler(own))
        try:
            raise ValueError(CANARY)
        except ValueError:
            library.exception("failed on %s", CANARY)
        warnings.warn(CANARY, stacklevel=1)
    finally:
        root.handlers, root.level = before
        logging.setLogRecordFactory(factory)
        logging.captureWarnings(capture=False)
        logging.getLogger("pytest.client").handlers = []
    assert own.getvalue()
    assert '"route":"pytest"' in lines.getvalue()
    assert '"error_kind":"ValueError"' in lines.getvalue()
    assert "canary" not in own.getvalue() + lines.getvalue()


def test_a_span_of_a_failure_names_its_class_only() -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans.trace_by(provider)
    try:
        with pytest.raises(ValueError, match="canary"), span("search", "gateway", route="/v1/search", prompt=CANARY):
            raise ValueError(CANARY)
    finally:
        spans._tracers.clear()
    (ended,) = exporter.get_finished_spans()
    assert dict(ended.attributes or {}) == {"component": "gateway", "route": "/v1/search", "error_kind": "ValueError"}
    assert "canary" not in ended.to_json()


@pytest.mark.usefixtures("measured")
def test_metrics_text_has_bounded_labels() -> None:
    metrics.observe(REQUESTS, component="gateway", status=200, reader_id="abc", prompt=CANARY)
    metrics.observe(RETRIEVAL_LATENCY, 12.5, component="gateway")
    metrics.observe(INDEX_AGE, 3, component="index")
    metrics.observe(MODEL_REQUESTS_IN_FLIGHT, -1, component="gateway", role="chat")
    text = metrics.prometheus_text().decode()
    assert 'codekeep_requests_total{component="gateway",status="200"} 1.0' in text
    assert 'codekeep_retrieval_latency_milliseconds_bucket{component="gateway",le="25"} 1.0' in text
    assert 'codekeep_model_requests_in_flight{component="gateway",role="chat"} -1.0' in text
    assert "canary" not in text
    assert "abc" not in text


@pytest.mark.usefixtures("measured")
def test_every_metric_has_the_prometheus_name_that_its_contract_derives() -> None:
    for metric in METRICS:
        metrics.observe(metric, 1, component="gateway")
    samples = {
        line.partition("{")[0] for line in metrics.prometheus_text().decode().splitlines() if not line.startswith("#")
    }
    assert samples
    for metric in METRICS:
        wanted = f"{metric.prometheus}_bucket" if metric.kind == "histogram" else metric.prometheus
        assert wanted in samples


@pytest.mark.usefixtures("measured")
def test_metrics_are_served_on_the_port_of_the_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    metrics.serve({METRICS_PORT_VARIABLE: str(port)})
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert answer.status == 200
    with pytest.raises(SettingsFault, match=f"port {port}.*is it taken"):
        metrics.serve({METRICS_PORT_VARIABLE: str(port)})


@pytest.mark.parametrize("port", ["abc", "-1", "99999"])
@pytest.mark.usefixtures("measured")
def test_a_variable_that_is_no_port_is_a_settings_fault(port: str) -> None:
    with pytest.raises(SettingsFault, match=METRICS_PORT_VARIABLE):
        metrics.serve({METRICS_PORT_VARIABLE: port})


def test_a_command_in_a_pod_whose_main_process_serves_metrics_runs() -> None:
    with socket.create_server(("", 0)) as taken:
        port = str(taken.getsockname()[1])
        code = "from codekeep_runtime import telemetry; telemetry.setup()"
        environment = {**os.environ, METRICS_PORT_VARIABLE: port}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_measured_before_start() -> None:
    metrics.observe(REQUESTS, component="gateway")
    assert metrics._records == {}


CRASHING = f"""
import asyncio, multiprocessing, threading, gc
from codekeep_runtime import telemetry
from codekeep_contracts.metrics import REQUESTS
from codekeep_runtime.telemetry import crash, metrics
def fail(*_): raise ValueError({CANARY!r})
if __name__ == "__main__":
    telemetry.setup()
    metrics.observe(REQUESTS, component="gateway")
    worker = multiprocessing.get_context("fork").Process(target=fail); worker.start(); worker.join()
    thread = threading.Thread(target=fail); thread.start(); thread.join()
    class Dying:
        __del__ = fail
    Dying(); gc.collect()
    async def forgotten():
        crash.for_loop(asyncio.get_running_loop())
        asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(0)
    asyncio.run(forgotten())
    fail()
"""


def test_crashes_of_every_kind_are_reported_with_class_and_position() -> None:
    received: dict[str, bytes] = {}

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received[self.path] = received.get(self.path, b"") + body
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "PATH": "/usr/bin:/bin"}
        ended = subprocess.run([sys.executable, "-c", CRASHING], capture_output=True, check=False, env=environment)
        server.shutdown()
    events = [json.loads(line) for line in ended.stderr.splitlines() if line != b"Process ForkProcess-1:"]
    assert ended.returncode == 1
    assert [event["error_kind"] for event in events] == ["ValueError"] * 5
    assert set(received) == {"/v1/logs", "/v1/metrics"}
    assert b"ValueError" in received["/v1/logs"]
    assert b"codekeep_requests" in received["/v1/metrics"]
    assert b"canary" not in ended.stderr + ended.stdout + b"".join(received.values())


def test_a_line_below_the_level_costs_nothing(monkeypatch: pytest.MonkeyPatch, lines: io.StringIO) -> None:
    def looked_at(_: object) -> None:
        pytest.fail("the gate looked at it")

    monkeypatch.setattr(LOG, "minimum_level", "error")
    monkeypatch.setattr(LOG.field_filter, "allowed_fields", looked_at)
    emit("asked", component="gateway", status=200)
    assert lines.getvalue() == ""
