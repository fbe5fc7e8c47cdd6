"""No text of a repository or a reader leaves by a log, trace, metric, audit record, manifest, error or crash report."""

import json
import os
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.runtime.canary import strings
from tests.runtime.repositories import Repository

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    "shop.py": (
        f"def {strings.CODE}(basket):\n"
        f'    """What {strings.CODE} returns: the price of a basket."""\n'
        f'    password = "{strings.SECRET}A1b2C3d4E5f6"\n'
        f"    return basket.price(password)\n"
    ),
    f"{strings.FILE}.pem": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n",
    "broken.py": f"def broken():\n    return '{strings.BROKEN}'\n",
}


@dataclass
class Run:
    """One run of the flow: the readers' answers, and all other output of the process."""

    got: dict
    code: int
    stderr: bytes
    exported: dict[str, bytes]
    data: Path

    def files(self, *folders: str) -> bytes:
        return b"".join(
            path.read_bytes()
            for folder in folders
            for path in sorted((self.data / "laptop" / folder).rglob("*"))
            if path.is_file()
        )


@contextmanager
def collector() -> Iterator[tuple[str, dict[str, bytes]]]:
    received: dict[str, bytes] = defaultdict(bytes)

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received[self.path] += decompress(body) if self.headers.get("content-encoding") == "gzip" else body
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("canary")
    repository = Repository(folder / "code")
    repository.commit(FILES)
    with collector() as (address, received):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "OTEL_EXPORTER_OTLP_ENDPOINT": address,
            "OTEL_TRACES_EXPORTER": "otlp",
        }
        argv = [sys.executable, "-m", "tests.runtime.canary.flow", str(folder / "data"), str(repository.path)]
        done = subprocess.run(argv, capture_output=True, env=environment, cwd=folder, timeout=120, check=False)
    assert done.stdout, done.stderr[-4000:]
    return Run(json.loads(done.stdout), done.returncode, done.stderr, dict(received), folder / "data")


def test_the_flow_used_every_canary(run):
    """The flow used every canary, or the other tests would prove nothing."""
    assert strings.CODE in run.got["answer"]["choices"][0]["message"]["content"]
    assert strings.CODE in run.got["streamed"]
    assert strings.CODE in json.dumps(run.got["found"])
    assert run.got["refused"] == [400, 400, 401, 400]
    assert run.got["failed"]
    assert run.got["manifest"]["skips"] == {"quarantined": 1, "secret": 1}
    assert run.code == 1  # the exception at its end
    events = [json.loads(line) for line in run.stderr.splitlines() if line.startswith(b"{")]
    assert {"uncaught-exception", "ingest-finished"} <= {event["event"] for event in events}
    assert [event["error_kind"] for event in events if event["event"] == "uncaught-exception"] == [
        "KeyError",
        "KeyError",
        "RuntimeError",
    ]
    assert set(run.exported) == {"/v1/logs", "/v1/metrics", "/v1/traces"}
    assert b"uncaught-exception" in run.exported["/v1/logs"]
    assert b"codekeep_requests" in run.got["metrics"].encode()
    assert b'"purpose":"chat"' in run.files("audit").replace(b" ", b"")


@pytest.mark.parametrize("canary", strings.ALL)
def test_no_canary_is_in_logs_traces_metrics_or_reports(run, canary):
    places = {
        "standard error": run.stderr,
        "logs": run.exported["/v1/logs"],
        "metrics": run.exported["/v1/metrics"],
        "traces": run.exported["/v1/traces"],
        "metrics that are scraped": run.got["metrics"].encode(),
        "audit": run.files("audit", "audit-heads"),
        "manifests": run.files("ingest/runs"),
        "refusals": json.dumps(run.got["refusals"]).encode(),
        "a failed engine's message": json.dumps(run.got["failed"]).encode(),
    }
    assert all(places.values())
    assert {name for name, content in places.items() if canary.encode() in content} == set()


def test_a_masked_secret_is_only_in_the_mirror(run):
    for folder in ("index", "audit", "audit-heads", "keys", "ingest/runs"):
        assert run.files(folder), folder
        assert strings.SECRET.encode() not in run.files(folder), folder
    assert strings.SECRET not in json.dumps(run.got)


def test_a_crash_writes_no_core_dump_and_no_report(run):
    left = {path.name for path in run.data.parent.rglob("*") if path.is_file() and path.name.startswith("core")}
    assert left == set()
