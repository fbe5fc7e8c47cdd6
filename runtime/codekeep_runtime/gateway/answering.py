"""One answer while it is made: audited, watched for revocation, counted."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence

from codekeep_contracts import metrics
from starlette.concurrency import run_in_threadpool

from codekeep_runtime.core.answer import AnswerEvent, Context, Delta, End
from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.gateway.bodies import Message
from codekeep_runtime.gateway.caller import Caller
from codekeep_runtime.gateway.errors import Unavailable
from codekeep_runtime.telemetry import emit
from codekeep_runtime.telemetry.metrics import observe

ACCESS_LOST = "access-lost"  # as the chat ends where it is the first to notice
VERDICTS = {"unsupported": "unsupported", "engine-failed": "failed"}
CHARACTERS_PER_TOKEN = 4  # a guess, for answers that never tell their tokens because they were broken off


class Revoked(Exception):  # noqa: N818 - names what happened to the reader
    """The reader may not see the scope any more."""


class Answering:
    """`begin`, then `events` once."""

    def __init__(self, caller: Caller, messages: Sequence[Message]) -> None:
        self.caller = caller
        self._asked = sum(len(message.content) for message in messages)
        self._question = messages[-1].content if messages else ""
        self._answered = 0
        self._end: End | None = None
        self._chunks: tuple[Chunk, ...] = ()
        self._first: AnswerEvent | None = None
        self._source = caller.services.chat.answer(
            caller.scope, [message.model_dump() for message in messages], caller.is_still_allowed
        )

    async def begin(self) -> None:
        """Waits for the context and audits it.

        Raises:
            Unavailable: the record cannot be written.
        """
        try:
            first = await anext(self._source, None)
            if isinstance(first, Context):
                self._chunks = first.chunks
            else:
                self._first = first
            await self.caller.audit(self.caller.served_chunks("chat", self._chunks))
            await self._remember()
        except BaseException:
            await _closed(self._source)
            raise

    async def _remember(self) -> None:
        remember = self.caller.services.remember
        if remember is None:
            return
        try:
            await run_in_threadpool(remember, self.caller.reader.id, self._question)
        except Exception as error:  # a full disk or a key that is away: no reason to leave the reader without an answer
            emit("prompt-not-kept", component="gateway", level="error", error_kind=type(error).__name__)

    async def events(self) -> AsyncIterator[AnswerEvent | None]:
        """None where nothing came for a while.

        Raises:
            Revoked: access was lost; what came before was allowed when it left.
        """
        verdict = "failed"
        try:
            if self._first is not None:
                yield self._counted(self._first)
            async for event in self._watched():
                yield event if event is None else self._counted(event)
            verdict = VERDICTS.get(self._end.finish_reason, "answered") if self._end else "failed"
        except Revoked:
            verdict = "revoked"
            raise
        finally:
            await _closed(self._source)
            prompt, completion = self._tokens()
            observe(metrics.OUTPUT_TOKENS, completion, component="gateway")
            self.caller.services.limits.spend(self.caller.reader.id, prompt + completion)
            await asyncio.shield(self._audit_end(verdict, prompt, completion))

    async def _watched(self) -> AsyncIterator[AnswerEvent | None]:
        services = self.caller.services
        checked = beat = time.monotonic()
        async for event in _ticking(self._source, min(services.recheck_seconds, services.heartbeat_seconds)):
            now = time.monotonic()
            if now - checked >= services.recheck_seconds:
                if not await run_in_threadpool(self.caller.is_still_allowed):
                    raise Revoked
                checked = now
            if event is not None:
                yield event
                beat = now
            elif now - beat >= services.heartbeat_seconds:
                yield None
                beat = now

    def _counted(self, event: AnswerEvent) -> AnswerEvent:
        if isinstance(event, Delta):
            if not self._answered:
                waited = (time.perf_counter() - self.caller.started) * 1000
                observe(metrics.CHAT_FIRST_TOKEN_LATENCY, waited, component="gateway")
            self._answered += len(event.text)
        elif isinstance(event, End):
            if event.finish_reason == ACCESS_LOST:
                raise Revoked
            self._end = event
        return event

    def _tokens(self) -> tuple[int, int]:
        if self._end is not None and self._end.finish_reason not in VERDICTS:
            return self._end.prompt_tokens, self._end.completion_tokens
        read = self._asked + sum(len(chunk.text) for chunk in self._chunks)
        return read // CHARACTERS_PER_TOKEN, self._answered // CHARACTERS_PER_TOKEN

    async def _audit_end(self, verdict: str, prompt: int, completion: int) -> None:
        """The record of the chunks is written already; without this one only the counts are missing."""
        ended = self.caller.served(
            "chat",
            verdict,
            repositories=(chunk.branch.repository for chunk in self._chunks),
            prompt_tokens=prompt,
            completion_tokens=completion,
        )
        try:
            await self.caller.audit(ended)
        except Unavailable:
            emit("audit-incomplete", component="gateway", level="error", request_id=self.caller.request_id)


async def _ticking(source: AsyncIterator[AnswerEvent], seconds: float) -> AsyncIterator[AnswerEvent | None]:
    """The source's events, and None each time that nothing came for that long."""
    waiting: asyncio.Task[AnswerEvent | None] | None = None
    try:
        while True:
            waiting = waiting or asyncio.create_task(_next(source))
            done, _ = await asyncio.wait({waiting}, timeout=seconds)
            if not done:
                yield None
                continue
            event, waiting = waiting.result(), None
            if event is None:
                return
            yield event
    finally:
        if waiting is not None:
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await waiting


async def _next(source: AsyncIterator[AnswerEvent]) -> AnswerEvent | None:
    return await anext(source, None)


async def _closed(source: AsyncIterator[AnswerEvent]) -> None:
    close = getattr(source, "aclose", None)
    if close is not None:
        with contextlib.suppress(RuntimeError):  # it runs still while its task is being cancelled
            await close()
