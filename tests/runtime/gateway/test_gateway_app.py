"""The gateway's routes: formats, limits, refusals without request content, audit before any answer."""

import asyncio
import concurrent.futures
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import pytest
from codekeep_runtime.gateway.limits import Limits
from codekeep_runtime.products.answer import AnswerEvent, Context, End, FinishReason
from starlette.testclient import TestClient

from tests.runtime.gateway.world import Tenant

ANN = {"authorization": "Bearer ann"}
ASK = {"messages": [{"role": "user", "content": "shared transfer"}]}
SECRET = "sk-do-not-echo-this"


def test_a_chat_answer_has_openais_format_and_citations(acme: Tenant) -> None:
    said = TestClient(acme.app()).post("/v1/chat/completions", json=ASK, headers=ANN).json()
    assert said["object"] == "chat.completion"
    assert said["choices"][0]["finish_reason"] == "stop"
    assert {each["repository"] for each in said["citations"]} == {
        "git.demo.example/payments/ledger",
        "git.demo.example/payments/cards",
    }
    assert said["usage"]["total_tokens"] == 20


def test_a_stream_consists_of_server_sent_events_and_ends(acme: Tenant) -> None:
    response = TestClient(acme.app()).post("/v1/chat/completions", json={**ASK, "stream": True}, headers=ANN)
    lines = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line.startswith("data: ")]
    assert lines[-1] == "[DONE]"
    pieces = [json.loads(line) for line in lines[:-1]]
    assert "canaryacme" in "".join(piece["choices"][0]["delta"].get("content", "") for piece in pieces)
    assert pieces[-1]["choices"][0]["finish_reason"] == "stop"


def test_an_answer_is_audited_before_and_after(acme: Tenant) -> None:
    TestClient(acme.app()).post("/v1/chat/completions", json=ASK, headers=ANN)
    assert [each.verdict for each in acme.audited] == ["served", "answered"]
    first, second = acme.audited
    assert len(first.chunk_ids) == 2
    assert first.team == "team-pay"
    assert second.completion_tokens == 10


def test_a_client_that_leaves_while_its_question_is_stored_is_audited_twice(acme: Tenant) -> None:
    def leave(*_: str) -> None:
        raise asyncio.CancelledError

    with pytest.raises(concurrent.futures.CancelledError):
        TestClient(acme.app(remember=leave)).post("/v1/chat/completions", json=ASK, headers=ANN)
    assert [each.verdict for each in acme.audited] == ["served", "failed"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/search", {"query": "shared"}),
        ("POST", "/v1/chat/completions", ASK),
        ("POST", "/v1/chat/completions", {**ASK, "stream": True}),
        ("GET", "/v1/symbols/definitions?name=shared", None),
    ],
)
def test_without_an_audit_record_no_answer_is_sent(acme: Tenant, method: str, path: str, body: Any) -> None:
    acme.audit_fails = True
    response = TestClient(acme.app()).request(method, path, json=body, headers=ANN)
    assert response.status_code == 503
    assert "canary" not in response.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"query": SECRET, "k": 0}, "k"),
        ({"query": SECRET, "k": 101}, "k"),
        ({"query": ""}, "query"),
        ({"query": SECRET * 4000}, "query"),
        ({"query": SECRET, SECRET: 1}, None),
        ({"query": SECRET, "repositories": ["x"] * 101}, "repositories"),
        ([SECRET], None),
    ],
)
def test_an_error_names_the_wrong_field_and_never_repeats_its_value(acme: Tenant, body: Any, field: str | None) -> None:
    response = TestClient(acme.app()).post("/v1/search", json=body, headers=ANN)
    assert response.status_code == 400
    assert response.json()["error"]["param"] == field
    assert SECRET not in response.text


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"query": "\\ud800"}', b""])
def test_a_body_that_is_not_json_is_refused(acme: Tenant, raw: bytes) -> None:
    assert TestClient(acme.app()).post("/v1/search", content=raw, headers=ANN).status_code == 400


def test_a_body_that_is_too_large_is_refused(acme: Tenant) -> None:
    body = json.dumps({"query": "x" * 2_000_000})
    assert TestClient(acme.app()).post("/v1/search", content=body, headers=ANN).status_code == 413


@pytest.mark.parametrize("header", [None, "Bearer nobody", "Basic YW5uOg==", "bearer", "Bearer "])
def test_every_invalid_sign_in_gets_the_same_answer(acme: Tenant, header: str | None) -> None:
    headers = {"x-tabby-user": "ann", "x-forwarded-user": "ann", "x-remote-user": "ann"}
    if header is not None:
        headers["authorization"] = header
    client = TestClient(acme.app())
    for response in (client.get("/v1/me", headers=headers), client.post("/v1/search", json={}, headers=headers)):
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"


def test_a_header_that_names_another_user_is_ignored(acme: Tenant) -> None:
    said = TestClient(acme.app()).get("/v1/me", headers={**ANN, "x-tabby-user": "dan", "x-forwarded-user": "dan"})
    assert said.json()["team"] == "team-pay"


def test_requests_per_minute_are_limited(acme: Tenant) -> None:
    client = TestClient(acme.app(limits=Limits(requests_per_minute=3, tokens_per_day=1000)))
    answers = [client.get("/v1/me", headers=ANN) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 21
    assert client.get("/v1/me", headers={"authorization": "Bearer bob"}).status_code == 200


def test_tokens_per_day_are_limited_and_reset_each_day(acme: Tenant) -> None:
    now = [86_400.0 * 100]
    limits = Limits(requests_per_minute=100, tokens_per_day=15, clock=lambda: now[0])
    client = TestClient(acme.app(limits=limits))
    assert client.post("/v1/chat/completions", json=ASK, headers=ANN).status_code == 200
    refused = client.post("/v1/chat/completions", json=ASK, headers=ANN)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) == 86_401
    now[0] += 86_400
    assert client.post("/v1/chat/completions", json=ASK, headers=ANN).status_code == 200


def test_an_internal_error_does_not_leak_its_message(acme: Tenant, capfd: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def search(self, *_: object) -> Any:
            raise RuntimeError(SECRET)

    response = TestClient(acme.app(retriever=Broken())).post("/v1/search", json={"query": "x"}, headers=ANN)
    assert response.status_code == 500
    assert response.json()["error"]["type"] == "server_error"
    said = capfd.readouterr()
    assert "RuntimeError" in said.err
    assert SECRET not in response.text + said.err + said.out


def test_readiness_requires_all_parts(acme: Tenant) -> None:
    assert TestClient(acme.app()).get("/readyz").status_code == 200
    assert TestClient(acme.app(ready=lambda: {"index": True, "engine": False})).get("/readyz").status_code == 503
    app = acme.app()
    app.state.draining = True
    assert TestClient(app).get("/readyz").status_code == 503
    assert TestClient(app).get("/healthz").status_code == 200


def test_metrics_are_served_to_loopback_only(acme: Tenant) -> None:
    assert TestClient(acme.app(), client=("127.0.0.1", 1)).get("/metrics").status_code == 200
    far = TestClient(acme.app(), client=("10.0.0.1", 1))
    assert far.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 404


def test_responses_carry_security_headers_and_no_cors(acme: Tenant) -> None:
    response = TestClient(acme.app()).options(
        "/v1/search", headers={"origin": "https://evil.example", "access-control-request-method": "POST"}
    )
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["cache-control"] == "no-store"


@dataclass
class EndingChat:
    reason: str

    async def answer(self, *_: object) -> AsyncGenerator[AnswerEvent, None]:
        yield Context(())
        yield End(finish_reason=FinishReason(self.reason))


@pytest.mark.parametrize(
    ("reason", "status", "verdict"),
    [
        ("unsupported", 200, "unsupported"),
        ("length", 200, "answered"),
        ("engine-failed", 503, "failed"),
        ("access-lost", 403, "revoked"),
    ],
)
def test_the_end_of_an_answer_sets_status_and_verdict(acme: Tenant, reason: str, status: int, verdict: str) -> None:
    client = TestClient(acme.app(chat=EndingChat(reason)))
    assert client.post("/v1/chat/completions", json=ASK, headers=ANN).status_code == status
    streamed = client.post("/v1/chat/completions", json={**ASK, "stream": True}, headers=ANN)
    assert ('"error"' in streamed.text) == (status != 200)
    assert streamed.text.endswith("data: [DONE]\n\n") == (reason != "access-lost")
    assert [each.verdict for each in acme.audited] == ["served", verdict] * 2
