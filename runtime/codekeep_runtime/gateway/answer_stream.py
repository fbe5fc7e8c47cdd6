"""The last steps of every route that streams: audit, stream while the reader may see it, and record how it ended."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from codekeep_contracts import metrics
from codekeep_contracts.audit import Verdict
from starlette.concurrency import run_in_threadpool

from codekeep_runtime.core import Chunk
from codekeep_runtime.gateway.errors import UnavailableFault
from codekeep_runtime.gateway.reader_request import ReaderRequest
from codekeep_runtime.products.answer import AnswerEvent, Context, Delta, End, FinishReason, estimated_tokens
from codekeep_runtime.products.product import Product
from codekeep_runtime.telemetry import emit
from codekeep_runtime.telemetry.metrics import observe

ACCESS_LOST = End(finish_reason=FinishReason.ACCESS_LOST)


class AnswerStream:
    """One answer of a product. `begin`, then `events` once, or `abandon`.

    Args:
        source: the product's events.
        prompt_characters: in the reader's messages, to estimate tokens where no engine counted them.
    """

    def __init__(
        self,
        request: ReaderRequest,
        product: Product,
        source: AsyncGenerator[AnswerEvent, None],
        prompt_characters: int,
    ) -> None:
        self.request, self._product, self._source = request, product, source
        self._prompt_characters, self._answer_characters = prompt_characters, 0
        self._chunks: tuple[Chunk, ...] = ()
        self._end: End | None = None

    async def begin(self) -> None:
        """Waits for the context and audits it.

        Raises:
            UnavailableFault: the record cannot be written.
        """
        try:
            first = await anext(self._source)
            assert isinstance(first, Context), "a product's first event is its Context"  # noqa: S101
            self._chunks = first.chunks
            await self.request.audit(self.request.record(self._product.purpose, chunks=self._chunks))
        except BaseException:
            await self._source.aclose()
            raise

    async def abandon(self) -> None:
        """Ends and records an answer that was begun, and whose events nobody will read."""
        await asyncio.shield(self._close())

    async def events(self) -> AsyncGenerator[AnswerEvent | None, None]:
        """Yields the answer's events; None where nothing came for a while. An answer whose reader lost access ends with
        ACCESS_LOST.
        """
        try:
            async with aclosing(self._rechecked()) as events:
                async for event in events:
                    self._count(event)
                    yield event
        finally:
            await self.abandon()  # whoever left, or is shut out, does not stop the record

    async def _rechecked(self) -> AsyncGenerator[AnswerEvent | None, None]:
        """Access is checked before the engine starts, before each event leaves, and at intervals in between."""
        services, checked, beat = self.request.services, float("-inf"), time.monotonic()
        ticks = _with_ticks(self._source, min(services.recheck_seconds, services.heartbeat_seconds))
        async with aclosing(ticks):
            async for event in ticks:
                now = time.monotonic()
                if event is not None or now - checked >= services.recheck_seconds:
                    if not await run_in_threadpool(self.request.is_still_allowed):
                        yield ACCESS_LOST
                        return
                    checked = now
                if event is not None or now - beat >= services.heartbeat_seconds:
                    yield event
                    beat = now

    def _count(self, event: AnswerEvent | None) -> None:
        if isinstance(event, Delta):
            if not self._answer_characters:
                waited = (time.perf_counter() - self.request.started) * 1000
                observe(self._product.first_token_latency, waited, component="gateway")
            self._answer_characters += len(event.text)
        elif isinstance(event, End):
            self._end = event

    async def _close(self) -> None:
        with suppress(RuntimeError):  # it still runs while its task is being cancelled
            await self._source.aclose()
        verdict = self._end.finish_reason.verdict if self._end else Verdict.FAILED
        prompt, completion = self._tokens(verdict)
        observe(metrics.OUTPUT_TOKENS, completion, component="gateway")
        self.request.services.limits.spend(self.request.reader.id, prompt + completion)
        record = self.request.record(
            self._product.purpose,
            verdict,
            repositories=(chunk.branch.repository for chunk in self._chunks),
            prompt_tokens=prompt,
            completion_tokens=completion,
        )
        try:
            await self.request.audit(record)
        except UnavailableFault:  # the chunks are on record already; only the counts are missing
            emit("audit-incomplete", component="gateway", level="error", request_id=self.request.request_id)

    def _tokens(self, verdict: Verdict) -> tuple[int, int]:
        """Tokens of prompt and answer: the engine's counts for a complete answer, estimates for any other."""
        if self._end is not None and verdict is Verdict.ANSWERED:
            return self._end.prompt_tokens, self._end.completion_tokens
        read = self._prompt_characters + sum(len(chunk.text) for chunk in self._chunks)
        return estimated_tokens(read), estimated_tokens(self._answer_characters)


async def _with_ticks(
    source: AsyncGenerator[AnswerEvent, None], seconds: float
) -> AsyncGenerator[AnswerEvent | None, None]:
    """Yields None at once, then the source's events, and None whenever none came for that long."""
    yield None
    pending = asyncio.ensure_future(anext(source, None))
    try:
        while True:
            done, _ = await asyncio.wait({pending}, timeout=seconds)
            if not done:
                yield None
                continue
            event = pending.result()
            if event is None:
                return
            yield event
            pending = asyncio.ensure_future(anext(source, None))
    finally:
        pending.cancel()
        await asyncio.gather(pending, return_exceptions=True)
