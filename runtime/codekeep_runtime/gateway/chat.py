"""POST /v1/chat/completions in OpenAI's format, streamed or as one response."""

import time
from contextlib import aclosing
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from codekeep_runtime.gateway.answer_stream import AnswerStream
from codekeep_runtime.gateway.bodies import ChatBody, parse_body
from codekeep_runtime.gateway.documents import chunk_document
from codekeep_runtime.gateway.errors import error_response
from codekeep_runtime.gateway.reader_request import ReaderRequest, admit_request
from codekeep_runtime.gateway.sse import ERROR_STATUS, sse_response
from codekeep_runtime.products.answer import AnswerEvent, Citations, Delta, End
from codekeep_runtime.products.chat import CHAT
from codekeep_runtime.telemetry import emit


async def chat(http: Request) -> Response:
    request = await admit_request(http)
    body = await parse_body(http, ChatBody)
    services, reader_id = request.services, request.reader.id
    services.limits.check_tokens(reader_id)
    route = services.routes.route(CHAT.name, reader_id, body.model)
    source = services.chat.answer(request.scope, body.messages, route)
    answer = AnswerStream(request, CHAT, source, sum(len(message.content) for message in body.messages))
    await answer.begin()
    try:
        await _remember(request, body.messages[-1].content)
    except BaseException:  # the client left meanwhile
        await answer.abandon()
        raise
    common = {"id": f"chatcmpl-{request.request_id}", "created": int(time.time()), "model": route.served_name}
    if body.stream:
        return sse_response(answer, lambda event: {**common, **_chunk(event)})
    return await _complete_response(http, answer, common)


async def _remember(request: ReaderRequest, question: str) -> None:
    if request.services.remember is None:
        return
    try:
        await run_in_threadpool(request.services.remember, request.reader.id, question)
    except Exception as error:  # a full disk or a key that is away: no reason to leave the reader without an answer
        emit("prompt-not-kept", component="gateway", level="error", error_kind=type(error).__name__)


async def _complete_response(http: Request, answer: AnswerStream, common: dict[str, Any]) -> Response:
    text, citations, end = "", Citations(()), End()
    async with aclosing(answer.events()) as events:
        async for event in events:
            if isinstance(event, Delta):
                text += event.text
            elif isinstance(event, Citations):
                citations = event
            elif isinstance(event, End):
                end = event
            elif await http.is_disconnected():  # nothing came for a while: does anybody still wait?
                break
    if end.finish_reason in ERROR_STATUS:
        return error_response(ERROR_STATUS[end.finish_reason])
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": end.finish_reason}
    completion = {**common, "object": "chat.completion", "choices": [choice]}
    return JSONResponse({**completion, **_citations(citations), **_usage(end)})


def _chunk(event: AnswerEvent) -> dict[str, Any]:
    """One event of a streamed answer."""
    delta = {"role": "assistant", "content": event.text} if isinstance(event, Delta) else {}
    finish_reason = event.finish_reason if isinstance(event, End) else None
    chunk = {
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }
    if isinstance(event, Citations):
        return {**chunk, **_citations(event)}
    return {**chunk, **_usage(event)} if isinstance(event, End) else chunk


def _citations(found: Citations) -> dict[str, Any]:
    """Our addition to OpenAI's fields: the chunk that each `[number]` of the text names."""
    return {
        "citations": [
            {"number": each.number, "url": each.url, **chunk_document(each.chunk)} for each in found.citations
        ]
    }


def _usage(end: End) -> dict[str, Any]:
    return {
        "usage": {
            "prompt_tokens": end.prompt_tokens,
            "completion_tokens": end.completion_tokens,
            "total_tokens": end.prompt_tokens + end.completion_tokens,
        }
    }
