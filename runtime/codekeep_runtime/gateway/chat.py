"""POST /v1/chat/completions, in OpenAI's shape, streamed or whole."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from codekeep_runtime.core.answer import Citation, Citations, Delta, End
from codekeep_runtime.gateway.answering import Answering, Revoked
from codekeep_runtime.gateway.bodies import ChatBody, parsed
from codekeep_runtime.gateway.caller import caller_of
from codekeep_runtime.gateway.errors import refusal
from codekeep_runtime.gateway.search import told
from codekeep_runtime.telemetry import emit

ENGINE_FAILED = "engine-failed"
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


async def chat(request: Request) -> Response:
    """Audited with its chunks before the first byte leaves; ends when the reader loses access."""
    caller = await caller_of(request)
    body = await parsed(request, ChatBody)
    caller.services.limits.check_tokens(caller.reader.id)
    answering = Answering(caller, body.messages)
    shape = _Shape(caller.request_id, caller.services.models[0])
    await answering.begin()
    if body.stream:
        return StreamingResponse(_streamed(answering, shape), media_type="text/event-stream", headers=_HEADERS)
    return await _whole(answering, shape)


async def _streamed(answering: Answering, shape: "_Shape") -> AsyncIterator[bytes]:
    try:
        async for event in answering.events():
            if event is None:
                yield b": still here\n\n"
            elif isinstance(event, Delta):
                yield _sse(shape.piece({"delta": {"role": "assistant", "content": event.text}}))
            elif isinstance(event, Citations):
                yield _sse({**shape.piece({"delta": {}}), "citations": _cited(event.citations)})
            elif isinstance(event, End) and event.finish_reason == ENGINE_FAILED:
                yield b"data: " + bytes(refusal(503).body) + b"\n\n"
            elif isinstance(event, End):
                yield _sse({**shape.piece({"delta": {}, "finish_reason": event.finish_reason}), "usage": _usage(event)})
        yield b"data: [DONE]\n\n"
    except Revoked:
        yield b"data: " + bytes(refusal(403).body) + b"\n\n"
    except Exception as error:  # the status has left: what failed is told inside the stream, by its class to the log
        emit(
            "answer-failed",
            component="gateway",
            level="error",
            error_kind=type(error).__name__,
            request_id=answering.caller.request_id,
        )
        yield b"data: " + bytes(refusal(500).body) + b"\n\n"


async def _whole(answering: Answering, shape: "_Shape") -> Response:
    text: list[str] = []
    citations: tuple[Citation, ...] = ()
    end = End(0, 0)
    try:
        async for event in answering.events():
            if isinstance(event, Delta):
                text.append(event.text)
            elif isinstance(event, Citations):
                citations = event.citations
            elif isinstance(event, End):
                end = event
    except Revoked:
        return refusal(403)
    if end.finish_reason == ENGINE_FAILED:
        return refusal(503)
    message = {"role": "assistant", "content": "".join(text)}
    whole = shape.whole({"message": message, "finish_reason": end.finish_reason})
    return JSONResponse({**whole, "citations": _cited(citations), "usage": _usage(end)})


class _Shape:
    """What all pieces of one answer share."""

    def __init__(self, request_id: str, model: str) -> None:
        self._common = {"id": f"chatcmpl-{request_id}", "created": int(time.time()), "model": model}

    def piece(self, choice: dict[str, Any]) -> dict[str, Any]:
        return {
            **self._common,
            "object": "chat.completion.chunk",
            "choices": [{"index": 0, "finish_reason": None, **choice}],
        }

    def whole(self, choice: dict[str, Any]) -> dict[str, Any]:
        return {**self._common, "object": "chat.completion", "choices": [{"index": 0, **choice}]}


def _cited(citations: tuple[Citation, ...]) -> list[dict[str, Any]]:
    return [{"number": each.number, "url": each.url, **told(each.chunk)} for each in citations]


def _usage(end: End) -> dict[str, int]:
    return {
        "prompt_tokens": end.prompt_tokens,
        "completion_tokens": end.completion_tokens,
        "total_tokens": end.prompt_tokens + end.completion_tokens,
    }


def _sse(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data, separators=(",", ":")).encode() + b"\n\n"
