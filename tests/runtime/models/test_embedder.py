"""The client of an embedding model, against a real HTTP server with the vectors of the static embedder."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from codekeep_contracts.settings.models import Prefixes, ServedModel
from codekeep_runtime.embed.faults import EmbedFault
from codekeep_runtime.embed.static import StaticEmbedder
from codekeep_runtime.models import embedder as embedder_module
from codekeep_runtime.models.client import EngineClient
from codekeep_runtime.models.embedder import ATTEMPTS, BATCH, LONGEST_WAIT_SECONDS, ServedEmbedder

from tests.runtime.models.certificates import self_signed

Request = tuple[str, dict[str, str], dict[str, Any]]
Answer = Callable[[list[Request]], tuple[int, Any, dict[str, str]]]
STATIC = StaticEmbedder()
TEXTS = ["open a file", "close the socket", "parse the header"]


def valid_answer(got: list[Request]) -> tuple[int, Any, dict[str, str]]:
    """A valid answer with vectors longer than 1 and in another order than the texts."""
    vectors = STATIC.documents(got[-1][2]["input"]) * 3
    data = [{"index": n, "embedding": vector.tolist()} for n, vector in enumerate(vectors)]
    return 200, {"object": "list", "data": data[::-1], "model": "m"}, {}


def failing(times: int, status: int, headers: dict[str, str] | None = None) -> Answer:
    return lambda got: (status, {"error": "no"}, headers or {}) if len(got) <= times else valid_answer(got)


def changed(change: Callable[[list[dict[str, Any]]], Any]) -> Answer:
    def answer(got: list[Request]) -> tuple[int, Any, dict[str, str]]:
        data = valid_answer(got)[1]["data"]
        return 200, {"data": change(data)}, {}

    return answer


@contextmanager
def serving(answer: Answer, certificate: Path | None = None) -> Iterator[tuple[EngineClient, list[Request]]]:
    got: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, content, headers = answer(got)
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        scheme = "https" if certificate else "http"
        yield client_of(f"{scheme}://127.0.0.1:{server.server_port}"), got
    finally:
        server.shutdown()
        server.server_close()


def client_of(url: str) -> EngineClient:
    return EngineClient(url, "embed", "index", 8)


def embedder(
    client: EngineClient, waits: list[float] | None = None, prefixes: Prefixes | None = None, **more: Any
) -> ServedEmbedder:
    wait = [] if waits is None else waits
    model = ServedModel(role="embed", name="acme/coder", revision="a" * 40, context_tokens=512, prefixes=prefixes)
    return ServedEmbedder(client, model, STATIC.dimension, wait=wait.append, **more)


def test_vectors_have_length_one_and_the_order_of_the_texts() -> None:
    with serving(valid_answer) as (client, got):
        vectors = embedder(client).documents(TEXTS)
    np.testing.assert_allclose(vectors, STATIC.documents(TEXTS), atol=1e-5)
    assert vectors.dtype == np.float32
    assert [(path, body["model"], body["input"]) for path, _, body in got] == [("/v1/embeddings", "acme/coder", TEXTS)]


def test_many_texts_are_sent_in_batches() -> None:
    texts = [f"text number {n}" for n in range(2 * BATCH + 1)]
    with serving(valid_answer) as (client, got):
        vectors = embedder(client).documents(texts)
        assert embedder(client).documents([]).shape == (0, STATIC.dimension)
    np.testing.assert_allclose(vectors, STATIC.documents(texts), atol=1e-5)
    assert [len(body["input"]) for _, _, body in got] == [BATCH, BATCH, 1]


def test_queries_and_documents_get_their_prefixes() -> None:
    with serving(valid_answer) as (client, got):
        prefixed = embedder(client, prefixes=Prefixes(document="passage: ", query="query: "))
        prefixed.documents(["a"])
        assert prefixed.query("b").shape == (STATIC.dimension,)
    assert [body["input"] for _, _, body in got] == [["passage: a"], ["query: b"]]


def test_the_token_is_read_before_each_request() -> None:
    tokens = iter(["first", "second"])
    with serving(failing(1, 503)) as (client, got):
        embedder(client, token=lambda: next(tokens)).documents(TEXTS)
    assert [headers.get("authorization") for _, headers, _ in got] == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_transient_errors_are_retried_with_growing_pauses(status: int) -> None:
    waits: list[float] = []
    with serving(failing(3, status)) as (client, got):
        vectors = embedder(client, waits).documents(TEXTS)
    np.testing.assert_allclose(vectors, STATIC.documents(TEXTS), atol=1e-5)
    assert len(got) == 4
    assert len(waits) == 3
    assert waits == sorted(waits)
    assert waits[0] > 0


def test_retry_after_is_honoured_within_bounds() -> None:
    waits: list[float] = []
    with serving(failing(1, 429, {"retry-after": "7"})) as (client, _):
        embedder(client, waits).documents(TEXTS)
    with serving(failing(1, 429, {"retry-after": "86400"})) as (client, _):
        embedder(client, waits).documents(TEXTS)
    assert waits == [7.0, LONGEST_WAIT_SECONDS]


def test_it_gives_up_after_all_attempts_and_repeats_no_text() -> None:
    with serving(failing(99, 500)) as (client, got), pytest.raises(EmbedFault) as raised:
        embedder(client).documents(["canary text"])
    assert len(got) == ATTEMPTS
    assert "500" in str(raised.value)
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_not_retried(status: int) -> None:
    with serving(failing(99, status)) as (client, got), pytest.raises(EmbedFault, match=str(status)) as raised:
        embedder(client, token=lambda: "canary-token").documents(TEXTS)
    assert len(got) == 1
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: [*data, data[0]],
        lambda data: [data[0], data[0], data[1]],
        lambda data: [{"embedding": each["embedding"]} for each in data],
        lambda data: [{**each, "embedding": each["embedding"][:-1]} for each in data],
        lambda data: [{**data[0], "embedding": [1.0]}, *data[1:]],
        lambda data: [{**each, "embedding": [0.0] * len(each["embedding"])} for each in data],
        lambda data: [{**each, "embedding": [float("nan")] * len(each["embedding"])} for each in data],
        lambda data: [{**each, "embedding": "AAAA"} for each in data],
        lambda data: None,
    ],
)
def test_a_wrong_answer_is_a_fault(change: Callable[[list[dict[str, Any]]], Any]) -> None:
    with serving(changed(change)) as (client, got), pytest.raises(EmbedFault):
        embedder(client).documents(TEXTS)
    assert len(got) == 1


def test_an_answer_that_is_not_json_is_a_fault() -> None:
    with serving(lambda _: (200, b"<html>", {})) as (client, _), pytest.raises(EmbedFault):
        embedder(client).documents(TEXTS)


def test_slow_and_missing_servers_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder_module, "ANSWER_SECONDS", 0.3)  # long enough to arrive on a busy machine

    def slow(got: list[Request]) -> tuple[int, Any, dict[str, str]]:
        time.sleep(0.9)
        return valid_answer(got)

    with serving(slow) as (client, got), pytest.raises(EmbedFault, match="too long"):
        embedder(client).documents(TEXTS)
    assert len(got) == ATTEMPTS
    with pytest.raises(EmbedFault, match="cannot be reached"):
        embedder(client_of("http://127.0.0.1:9")).documents(TEXTS)


def test_an_untrusted_certificate_is_refused(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path / "certificate.pem")
    with serving(valid_answer, certificate) as (client, got), pytest.raises(EmbedFault, match="cannot be reached"):
        embedder(client).documents(TEXTS)
    assert got == []
