"""The steps of a request come in one order: identify, scope, limit, audit, stream."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from codekeep_contracts.audit import AuditRecord
from codekeep_runtime.core.reader import Reader, Scope
from codekeep_runtime.gateway.app import create_app
from codekeep_runtime.gateway.limits import Limits, TooManyRequestsFault
from codekeep_runtime.models.routes import Route, Routes
from codekeep_runtime.products.answer import AnswerEvent, Context, Delta, End
from codekeep_runtime.products.chat.question import ClientMessage
from starlette.testclient import TestClient

from tests.runtime.gateway.world import MODEL, Tenant

ANN = {"authorization": "Bearer ann"}
ASK = {"messages": [{"role": "user", "content": "shared transfer"}]}


class Steps:
    """Notes each step of a request; `stop_at` raises there."""

    def __init__(self, tenant: Tenant, stop_at: str = "") -> None:
        self.taken: list[str] = []
        self._tenant, self._stop_at = tenant, stop_at
        self._limits = Limits(requests_per_minute=1000, tokens_per_day=1000)
        self.models: list[str] = []

    def app(self, **changes: Any) -> TestClient:
        services = replace(
            self._tenant.services, identity=self, access=self, chat=self, limits=self, audit=self.audit, **changes
        )
        return TestClient(create_app(services))

    def _step(self, name: str, fault: Exception | None = None) -> None:
        self.taken.append(name)
        if name == self._stop_at and fault:
            raise fault

    def reader(self, authorization: str | None) -> Reader:
        self._step("identify")
        return self._tenant.services.identity.reader(authorization)

    def scope(self, reader: Reader) -> Scope:
        self._step("scope")
        return self._tenant.access.scope(reader)

    def still_allows(self, reader: Reader, scope: Scope) -> bool:
        self._step("recheck")
        return self._stop_at != "recheck"

    def take(self, reader_id: str) -> None:
        self._step("limit", TooManyRequestsFault(1))

    def check_tokens(self, reader_id: str) -> None:
        self._step("limit tokens", TooManyRequestsFault(1))

    def spend(self, reader_id: str, tokens: int) -> None:
        self._step("spend")

    async def answer(
        self, scope: Scope, messages: Sequence[ClientMessage], route: Route
    ) -> AsyncGenerator[AnswerEvent, None]:
        self.models.append(route.model)
        self._step("context")
        yield Context(())
        self._step("engine")
        yield Delta("text")
        yield End(1, 1)

    def audit(self, record: AuditRecord) -> None:
        self._step(f"audit {record.verdict}", OSError("disk is full"))


BEGIN = ["identify", "scope", "limit", "limit tokens", "context", "audit served"]


@pytest.mark.parametrize("is_streamed", [False, True])
def test_an_answer_has_all_steps_in_order(acme: Tenant, is_streamed: bool) -> None:
    steps = Steps(acme)
    response = steps.app().post("/v1/chat/completions", json={**ASK, "stream": is_streamed}, headers=ANN)
    assert response.status_code == 200
    assert steps.taken == [*BEGIN, "recheck", "engine", "recheck", "recheck", "spend", "audit answered"]


@pytest.mark.parametrize(
    ("stop_at", "status", "taken"),
    [
        ("limit", 429, 3),
        ("limit tokens", 429, 4),
        ("audit served", 503, 6),
    ],
)
def test_no_step_runs_after_a_refusal(acme: Tenant, stop_at: str, status: int, taken: int) -> None:
    steps = Steps(acme, stop_at)
    response = steps.app().post("/v1/chat/completions", json={**ASK, "stream": True}, headers=ANN)
    assert (response.status_code, steps.taken) == (status, BEGIN[:taken])


def test_a_request_without_sign_in_has_no_scope_and_uses_no_limit(acme: Tenant) -> None:
    steps = Steps(acme)
    assert steps.app().post("/v1/chat/completions", json=ASK, headers={}).status_code == 401
    assert steps.taken == ["identify"]


def test_a_reader_who_lost_access_does_not_reach_the_engine(acme: Tenant) -> None:
    steps = Steps(acme, "recheck")
    response = steps.app().post("/v1/chat/completions", json=ASK, headers=ANN)
    assert response.status_code == 403
    assert steps.taken == [*BEGIN, "recheck", "spend", "audit revoked"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/search", {"query": "shared"}),
        ("/v1/symbols/definitions?name=shared", None),
    ],
)
def test_other_routes_are_audited_before_they_answer(acme: Tenant, path: str, body: Any) -> None:
    steps = Steps(acme)
    method = "POST" if body else "GET"
    assert steps.app().request(method, path, json=body, headers=ANN).status_code == 200
    assert steps.taken == ["identify", "scope", "limit", "audit served"]


@pytest.mark.parametrize("name", [None, "codekeep", MODEL, MODEL.rpartition("/")[2], "chat"])
def test_the_requests_model_chooses_the_route(acme: Tenant, name: str | None) -> None:
    steps = Steps(acme)
    answer = steps.app().post("/v1/chat/completions", json={**ASK, "model": name}, headers=ANN).json()
    assert (answer["model"], steps.models) == (MODEL, [MODEL])


def test_an_unknown_model_is_refused_in_openais_format(acme: Tenant) -> None:
    other = Route(product="chat", model="acme/other-1", role="chat", weight=0, cohort="trial")
    steps = Steps(acme)
    client = steps.app(routes=Routes([Route(product="chat", model=MODEL, role="chat"), other]))
    refused = client.post("/v1/chat/completions", json={**ASK, "model": "gpt-canary", "stream": True}, headers=ANN)
    error = refused.json()["error"]
    assert refused.status_code == 404
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", "model", "model_not_found")
    assert f"codekeep, {MODEL}, acme/other-1" in error["message"]
    assert "gpt-canary" not in refused.text
    assert steps.taken == ["identify", "scope", "limit", "limit tokens"]
    asked = client.post("/v1/chat/completions", json={**ASK, "model": "other-1"}, headers=ANN)
    assert asked.json()["model"] == "acme/other-1"


def test_the_list_of_models_has_all_that_can_be_requested(acme: Tenant) -> None:
    client = TestClient(acme.app())
    names = [each["id"] for each in client.get("/v1/models", headers=ANN).json()["data"]]
    assert names == ["codekeep", MODEL]
    for name in names:
        response = client.post("/v1/chat/completions", json={**ASK, "model": name}, headers=ANN)
        assert json.loads(response.text)["model"] == MODEL
