"""The client of an engine: deadlines, the queue, cancellation, and faults without content."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from codekeep_contracts.metrics import MODEL_REQUESTS_IN_FLIGHT, MODEL_REQUESTS_QUEUED, model_load
from codekeep_contracts.roles import ModelRole
from codekeep_runtime.models import blocking
from codekeep_runtime.models.client import ANSWER_BYTES_MAX, EVENT_BYTES_MAX, EngineClient
from codekeep_runtime.models.faults import EngineFault
from codekeep_runtime.telemetry import metrics

SECRET = "canary of the engine"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
EVENT = b'data: {"n": 1}\n\n'
DONE = b"data: [DONE]\n\n"


class Engine:
    """A server whose answers a test writes byte by byte. `connections` counts those that were opened and are open."""

    def __init__(self, answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> None:
        self._answer = answer
        self.opened = self.open = self.requests = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened, self.open = self.opened + 1, self.open + 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                self.requests += 1
                answering = asyncio.ensure_future(self._answer(writer))
                leaving = asyncio.ensure_future(reader.read(1))
                await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
                leaving.cancel()
                await asyncio.gather(leaving, return_exceptions=True)
                if not answering.done() or writer.is_closing():
                    answering.cancel()
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()


def writes(*parts: bytes | float) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    """Bytes are sent, numbers are seconds to wait; the connection closes after the last."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            if isinstance(part, bytes):
                writer.write(part)
                await writer.drain()
            else:
                await asyncio.sleep(part)
        writer.close()

    return answer


@asynccontextmanager
async def serving(
    answer: Callable[[asyncio.StreamWriter], Awaitable[None]], in_flight_max: int = 4, role: ModelRole = "chat"
) -> AsyncIterator[tuple[EngineClient, Engine]]:
    engine = Engine(answer)
    server = await asyncio.start_server(engine, "127.0.0.1", 0)
    try:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield EngineClient(url, role, "gateway", in_flight_max), engine
    finally:
        server.close()


async def read(client: EngineClient, first_seconds: float = 60, idle_seconds: float = 60) -> list[Any]:
    return [event async for event in client.events("/v1/chat/completions", {}, first_seconds, idle_seconds)]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)


def gauge(metric: Any, role: str = "chat", component: str = "gateway") -> float | None:
    """As Prometheus reads it; None where the series does not exist."""
    wanted = f'{metric.prometheus}{{component="{component}",role="{role}"}} '
    lines = [line for line in metrics.prometheus_text().decode().splitlines() if line.startswith(wanted)]
    return float(lines[0].removeprefix(wanted)) if lines else None


def test_events_are_read_however_they_are_split() -> None:
    body = b": hello\n\n" + EVENT + b'event: x\ndata:{"n": 2}\r\n\r\n' + DONE

    async def run() -> list[Any]:
        async with serving(writes(HEAD, *(bytes([byte]) for byte in body))) as (client, _):
            return await read(client)

    assert asyncio.run(run()) == [{"n": 1}, {"n": 2}]


def test_a_connection_is_reused_after_a_complete_answer() -> None:
    chunk = lambda data: b"%x\r\n%s\r\n" % (len(data), data)  # noqa: E731
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"

    async def whole(writer: asyncio.StreamWriter) -> None:
        writer.write(head + chunk(EVENT) + chunk(DONE))
        await asyncio.sleep(0.01)
        writer.write(b"0\r\n\r\n")

    async def run() -> tuple[int, int]:
        async with serving(whole) as (client, engine):
            for _ in range(3):
                assert len(await read(client)) == 1
            return engine.requests, engine.opened

    assert asyncio.run(run()) == (3, 1)


def test_a_reader_who_disconnects_closes_the_connection_to_the_engine() -> None:
    async def run() -> None:
        async with serving(writes(HEAD, EVENT, 3600.0)) as (client, engine):
            async with aclosing(client.events("/v1/chat/completions", {}, 60, 60)) as events:
                assert await anext(events) == {"n": 1}
                assert engine.open == 1
            await until(lambda: engine.open == 0)
            task = asyncio.ensure_future(read(client))  # and one who leaves before the first event
            await until(lambda: engine.requests == 2)
            task.cancel()
            await until(lambda: engine.open == 0)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((3600.0,), "too long"),
        ((HEAD, 3600.0), "too long"),
        ((HEAD, *(b": ping\n\n", 0.2) * 4, EVENT, DONE), "too long"),  # a comment is not a first token
        ((HEAD, EVENT, 3600.0), "too long"),
        ((HEAD, EVENT), "broke off"),
        ((b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", EVENT), "broke off"),
        ((), "cannot be reached"),
        ((b"220 smtp ready\r\n",), "does not answer as OpenAI's does"),
        ((HEAD, f"data: {SECRET}\n\n".encode()), "does not answer as OpenAI's does"),
        ((HEAD, b"data: " + b"[" * 100_000 + b"\n\n"), "does not answer as OpenAI's does"),
        ((HEAD, b"data: " + b"x" * (EVENT_BYTES_MAX + 2**16)), "does not answer as OpenAI's does"),
        ((b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",), "status 302"),
        ((b"HTTP/1.1 500 Oh\r\ncontent-length: 20\r\n\r\n", SECRET.encode()), "status 500"),
    ],
)
def test_every_failure_is_a_fault_that_does_not_repeat_what_the_engine_said(
    parts: tuple[Any, ...], message: str
) -> None:
    async def run() -> None:
        async with serving(writes(*parts)) as (client, engine):
            started = time.monotonic()
            with pytest.raises(EngineFault, match=message) as caught:
                await read(client, 0.5, 0.3)
            assert time.monotonic() - started < 30
            assert SECRET not in str(caught.value)
            await until(lambda: engine.open == 0)

    asyncio.run(run())


def test_an_answer_is_bounded_and_must_be_json() -> None:
    async def posted(*parts: bytes) -> Any:
        async with serving(writes(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", *parts)) as (client, _):
            return await client.post("/v1/embeddings", {}, 60)

    assert asyncio.run(posted(json.dumps({"data": []}).encode())) == {"data": []}
    for parts in ([b"<html>"], [b"x" * 2**20] * (ANSWER_BYTES_MAX // 2**20 + 1)):
        with pytest.raises(EngineFault, match="does not answer as OpenAI's does") as caught:
            asyncio.run(posted(*parts))
        assert not caught.value.is_transient


@pytest.mark.usefixtures("measured")
def test_requests_beyond_the_limit_wait_in_order_and_are_counted() -> None:
    order: list[int] = []

    async def one(client: EngineClient, number: int) -> None:
        await read(client)
        order.append(number)

    async def run() -> None:
        gates = [asyncio.Event() for _ in range(4)]
        started = iter(gates)

        async def gated(writer: asyncio.StreamWriter) -> None:
            await next(started).wait()
            await writes(HEAD, EVENT, DONE)(writer)

        async with serving(gated, in_flight_max=2) as (client, engine):
            tasks = []
            for number in range(4):
                tasks.append(asyncio.ensure_future(one(client, number)))
                await asyncio.sleep(0.02)
            assert (gauge(MODEL_REQUESTS_IN_FLIGHT), gauge(MODEL_REQUESTS_QUEUED)) == (2, 2)
            with pytest.raises(EngineFault, match="busy"):  # as many requests may wait as may run
                await read(client)
            await until(lambda: engine.requests == 2)
            gates[1].set()
            await until(lambda: engine.requests == 3)
            assert (gauge(MODEL_REQUESTS_IN_FLIGHT), gauge(MODEL_REQUESTS_QUEUED)) == (2, 1)
            for gate in (gates[2], gates[3], gates[0]):
                before = len(order)
                gate.set()
                await until(lambda before=before: len(order) == before + 1)
            await asyncio.gather(*tasks)
            assert (gauge(MODEL_REQUESTS_IN_FLIGHT), gauge(MODEL_REQUESTS_QUEUED)) == (0, 0)

    asyncio.run(run())
    assert order == [1, 2, 3, 0]


@pytest.mark.usefixtures("measured")
def test_requests_that_are_cancelled_or_wait_too_long_leave_the_queue() -> None:
    async def run() -> None:
        gate = asyncio.Event()

        async def gated(writer: asyncio.StreamWriter) -> None:
            await gate.wait()
            await writes(HEAD, EVENT, DONE)(writer)

        async with serving(gated, in_flight_max=1) as (client, engine):
            working = asyncio.ensure_future(read(client))
            await until(lambda: engine.requests == 1)
            leaving = asyncio.ensure_future(read(client))
            await until(lambda: gauge(MODEL_REQUESTS_QUEUED) == 1)
            leaving.cancel()
            await until(lambda: gauge(MODEL_REQUESTS_QUEUED) == 0)
            with pytest.raises(EngineFault, match="too long"):
                await read(client, first_seconds=0.05)
            assert (gauge(MODEL_REQUESTS_IN_FLIGHT), gauge(MODEL_REQUESTS_QUEUED)) == (1, 0)
            gate.set()
            assert await working == [{"n": 1}]
            assert await read(client) == [{"n": 1}]  # every slot is free again
            assert engine.requests == 2

    asyncio.run(run())


@pytest.mark.usefixtures("measured")
def test_blocking_callers_are_counted_too() -> None:
    def load() -> tuple[float | None, float | None]:
        return tuple(gauge(each, "embed", "index") for each in (MODEL_REQUESTS_IN_FLIGHT, MODEL_REQUESTS_QUEUED))

    seen = []

    async def answer(writer: asyncio.StreamWriter) -> None:
        seen.append(load())
        await writes(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", b"{}")(writer)

    async def serve() -> asyncio.Server:
        return await asyncio.start_server(Engine(answer), "127.0.0.1", 0)

    server = blocking.run_blocking(serve)
    client = EngineClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", "embed", "index", 1)
    assert load() == (0, 0)
    assert blocking.run_blocking(client.post, "/v1/embeddings", {}, 60) == {}
    assert (seen, load()) == ([(1, 0)], (0, 0))


@pytest.mark.usefixtures("measured")
def test_the_metrics_that_the_scaler_reads_exist_from_the_start() -> None:
    for role in ("chat", "embed"):
        EngineClient("http://127.0.0.1:9", role, "gateway", 1)  # type: ignore[arg-type]
    for metric in (MODEL_REQUESTS_IN_FLIGHT, MODEL_REQUESTS_QUEUED):
        assert metric.prometheus in model_load("chat", "codekeep-acme")
        assert [gauge(metric, role) for role in ("chat", "embed", "rerank")] == [0, 0, None]
