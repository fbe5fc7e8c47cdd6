"""Sends an answer as server-sent events."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any, Final

from starlette.responses import StreamingResponse

from codekeep_runtime.gateway.answer_stream import AnswerStream
from codekeep_runtime.gateway.errors import error_response
from codekeep_runtime.products.answer import AnswerEvent, End, FinishReason
from codekeep_runtime.telemetry import emit

ERROR_STATUS: Final = {FinishReason.ENGINE_FAILED: 503, FinishReason.ACCESS_LOST: 403}
"""HTTP status of the answers that end in an error."""
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}

Render = Callable[[AnswerEvent], Mapping[str, Any]]


def sse_response(answer: AnswerStream, render: Render) -> StreamingResponse:
    """Streams an answer that was begun; `[DONE]` comes last, also after an engine's failure. An answer that was cut off
    because its reader lost access ends with the error."""
    return StreamingResponse(_events(answer, render), media_type="text/event-stream", headers=_HEADERS)


async def _events(answer: AnswerStream, render: Render) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(answer.events()) as events:
            async for event in events:
                if event is None:
                    yield b": still here\n\n"
                elif isinstance(event, End) and event.finish_reason in ERROR_STATUS:
                    yield _data(error_response(ERROR_STATUS[event.finish_reason]).body)
                    if event.finish_reason is FinishReason.ACCESS_LOST:
                        return
                else:
                    yield _data(json.dumps(render(event), separators=(",", ":")).encode())
        yield _data(b"[DONE]")
    except Exception as error:  # the status has left: the stream says that it failed, the log by which class
        request_id, kind = answer.request.request_id, type(error).__name__
        emit("answer-failed", component="gateway", level="error", error_kind=kind, request_id=request_id)
        yield _data(error_response(500).body)


def _data(content: bytes | memoryview) -> bytes:
    return b"data: " + bytes(content) + b"\n\n"
