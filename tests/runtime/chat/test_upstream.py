"""The HTTP engine against a small real app that speaks as trtllm-serve and vLLM do."""

import asyncio
import json
from collections.abc import Sequence

import httpx
import pytest
from codekeep_runtime.chat.chat import cache_salt
from codekeep_runtime.chat.engine import EngineFault, Piece
from codekeep_runtime.chat.prompt import prompt
from codekeep_runtime.chat.question import Message
from codekeep_runtime.chat.upstream import UpstreamEngine
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import RepositoryId
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SECRET = "canary of the upstream"


def pieces_of(body: str, status: int = 200, got: list[dict] | None = None) -> Sequence[Piece]:
    async def answer(request: Request) -> Response:
        if got is not None:
            got.append(await request.json())
        return Response(body, status, media_type="text/event-stream")

    async def collect() -> Sequence[Piece]:
        app = Starlette(routes=[Route("/v1/chat/completions", answer, methods=["POST"])])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://model") as client:
            engine = UpstreamEngine(client, "coder", 8_000, 500)
            asked = prompt("why?", (Message("user", "why?"),), ())
            return [piece async for piece in engine.write(asked, "salt")]

    return asyncio.run(collect())


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
    pieces = pieces_of(body)
    assert "".join(piece.text for piece in pieces) == "It adds [1]."
    assert any(piece.is_cut for piece in pieces)
    assert (pieces[-1].prompt_tokens, pieces[-1].answer_tokens) == (11, 4)


def test_the_request_carries_the_salt_and_bounds_and_no_tools():
    got: list[dict] = []
    pieces_of("data: [DONE]\n\n", got=got)
    assert got[0]["cache_salt"] == "salt"
    assert got[0]["max_tokens"] == 500
    assert "tools" not in got[0]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (SECRET, 429, "busy"),
        (SECRET, 500, "500"),
        (f"data: {SECRET}\n\n", 200, "something else than events"),
        (event(choices=[{"delta": {"content": SECRET}}]), 200, "broke off"),
    ],
)
def test_what_goes_wrong_is_told_without_what_the_server_said(body, status, said):
    with pytest.raises(EngineFault, match=said) as caught:
        pieces_of(body, status)
    assert SECRET not in str(caught.value)


def test_only_readers_who_see_the_same_share_a_prefix_cache():
    one, other = RepositoryId("h.example", "a", "b"), RepositoryId("h.example", "a", "c")
    salts = {
        cache_salt(Scope(tenant, reader, "", frozenset(seen)))
        for tenant, reader, seen in [("t", "1", {one}), ("t", "2", {one}), ("t", "1", {one, other}), ("u", "1", {one})]
    }
    assert len(salts) == 3
