"""The client of a chat model, against a small real app with the API of trtllm-serve and vLLM."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.models.chat import EngineOutput, ServedChatModel
from codekeep_runtime.models.client import EngineClient
from codekeep_runtime.models.faults import EngineFault
from codekeep_runtime.products.chat.chat import cache_salt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.runtime.gateway.serving import served

SECRET = "canary of the upstream"


@dataclass
class Question:
    messages: list[dict[str, str]] = field(default_factory=lambda: [{"role": "user", "content": "why?"}])


def outputs_of(body: str, status: int = 200, got: list[dict] | None = None) -> Sequence[EngineOutput]:
    async def answer(request: Request) -> Response:
        if got is not None:
            got.append(await request.json())
        return Response(body, status, media_type="text/event-stream")

    async def collect(url: str) -> Sequence[EngineOutput]:
        model = ServedChatModel(EngineClient(url, "chat", "gateway", 4), 8_000, 500)
        return [output async for output in model.write(Question(), "coder", "salt")]

    with served(Starlette(routes=[Route("/v1/chat/completions", answer, methods=["POST"])])) as url:
        return asyncio.run(collect(url))


def event(**fields: object) -> str:
    return f"data: {json.dumps(fields)}\n\n"


def test_text_usage_and_a_cut_answer_are_read():
    body = (
        ": still here\n\n"
        + event(choices=[{"delta": {"role": "assistant"}}])
        + event(choices=[{"delta": {"content": "It adds"}}])
        + event(choices=[{"delta": {"content": " [1]."}, "finish_reason": "length"}])
        + event(choices=[], usage={"prompt_tokens": 11, "completion_tokens": 4})
        + "data: [DONE]\n\n"
    )
    outputs = outputs_of(body)
    assert "".join(output.text for output in outputs) == "It adds [1]."
    assert any(output.is_cut for output in outputs)
    assert (outputs[-1].prompt_tokens, outputs[-1].completion_tokens) == (11, 4)


def test_the_request_carries_the_salt_and_bounds_and_no_tools():
    got: list[dict] = []
    outputs_of("data: [DONE]\n\n", got=got)
    assert got[0]["cache_salt"] == "salt"
    assert got[0]["max_tokens"] == 500
    assert "tools" not in got[0]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (SECRET, 429, "busy"),
        (SECRET, 500, "500"),
        (f"data: {SECRET}\n\n", 200, "not answer as OpenAI's does"),
        (event(choices=[{"delta": {"content": SECRET}}]), 200, "broke off"),
    ],
)
def test_a_fault_does_not_repeat_what_the_server_said(body, status, said):
    with pytest.raises(EngineFault, match=said) as caught:
        outputs_of(body, status)
    assert SECRET not in str(caught.value)


def test_only_readers_of_the_same_repositories_share_a_prefix_cache():
    one, other = RepositoryId("h.example", "a", "b"), RepositoryId("h.example", "a", "c")
    salts = {
        cache_salt(Scope(tenant, reader, "", frozenset(seen)))
        for tenant, reader, seen in [("t", "1", {one}), ("t", "2", {one}), ("t", "1", {one, other}), ("u", "1", {one})]
    }
    assert len(salts) == 3
