"""CPU time of reading one streamed answer of an engine, with several HTTP libraries and with our client.

`python -m benchmarks.runtime_engine_client [--rounds N]`: the engine is a double in a process of its own that writes
prepared bytes; libraries take turns in one run. Exits with 1 if our client costs more than LIMIT times the bare
library that it uses. docs/decisions/0016-engine-client.md has the figures that the choice was made by.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

import aiohttp
from codekeep_runtime.models.client import EngineClient

LIMIT = 1.8
EVENTS = (1, 64)  # in an answer: sent at once, or token by token
ANSWERS = 25  # in each turn
BODY = {
    "model": "bench",
    "messages": [{"role": "system", "content": "x" * 20_000}, {"role": "user", "content": "why?"}],
    "stream": True,
}
EVENT = (
    b'data: {"id":"1","model":"bench","choices":[{"index":0,"delta":{"content":" token"},"finish_reason":null}]}\n\n'
)
DONE = b"data: [DONE]\n\n"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

Answer = Callable[[], Awaitable[int]]  # the number of its events


class Double(asyncio.Protocol):
    """A test double of an engine: answers every request with the same events, each in its own write."""

    events = 1

    def connection_made(self, transport: Any) -> None:
        self._transport, self._received = transport, b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and len(body) == int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]):
            self._received = b""
            self._answering = asyncio.ensure_future(self._answer())

    async def _answer(self) -> None:
        self._transport.write(HEAD)
        for event in [EVENT] * self.events + [DONE]:
            self._transport.write(b"%x\r\n%s\r\n" % (len(event), event))
            await asyncio.sleep(0)
        self._transport.write(b"0\r\n\r\n")


def serve(events: int, port: Connection) -> None:
    async def main() -> None:
        Double.events = events
        server = await asyncio.get_running_loop().create_server(Double, "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


async def counted(lines: AsyncIterator[Any]) -> int:
    return sum([1 async for line in lines if line[:5] in (b"data:", "data:")])


async def with_aiohttp(url: str, stack: AsyncExitStack) -> Answer:
    connector = aiohttp.TCPConnector(limit=0)
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))

    async def answer() -> int:
        async with session.post(f"{url}/v1/chat/completions", json=BODY) as response:
            return await counted(response.content)

    return answer


async def with_httpx(url: str, stack: AsyncExitStack, module: str = "httpx") -> Answer:
    client = await stack.enter_async_context(import_module(module).AsyncClient(trust_env=False))

    async def answer() -> int:
        async with client.stream("POST", f"{url}/v1/chat/completions", json=BODY) as response:
            return await counted(response.aiter_lines())

    return answer


async def with_httpx2(url: str, stack: AsyncExitStack) -> Answer:
    return await with_httpx(url, stack, "httpx2")


async def with_pyreqwest(url: str, stack: AsyncExitStack) -> Answer:
    client = await stack.enter_async_context(import_module("pyreqwest.client").ClientBuilder().build())

    async def lines(response: Any) -> AsyncIterator[bytes]:
        rest = b""
        while (part := await response.body_reader.read_chunk()) is not None:
            *whole, rest = (rest + bytes(part)).split(b"\n")
            for line in whole:
                yield line

    async def answer() -> int:
        async with client.post(f"{url}/v1/chat/completions").body_json(BODY).build_streamed() as response:
            return await counted(lines(response))

    return answer


async def with_ours(url: str, stack: AsyncExitStack) -> Answer:
    client = EngineClient(url, "chat", "gateway", 64)

    async def answer() -> int:
        return 1 + sum([1 async for _ in client.events("/v1/chat/completions", BODY, 60, 20)])

    return answer


LIBRARIES = {"aiohttp": with_aiohttp, "httpx": with_httpx, "httpx2": with_httpx2, "pyreqwest": with_pyreqwest}


async def measured(url: str, events: int, rounds: int) -> dict[str, float]:
    """Milliseconds of CPU time of this process for one answer, the median over all turns."""
    async with AsyncExitStack() as stack:
        answers: dict[str, Answer] = {}
        for name, prepare in {**LIBRARIES, "ours (on aiohttp)": with_ours}.items():
            try:
                answers[name] = await prepare(url, stack)
            except ImportError:
                print(f"{name} is not installed; run make bench, which installs it", file=sys.stderr)
                continue
            got = await answers[name]()
            assert got == events + 1, f"{name} read {got} events of {events + 1}"
        taken: dict[str, list[float]] = {name: [] for name in answers}
        for _ in range(rounds):
            for name, answer in answers.items():
                started = time.process_time()
                for _ in range(ANSWERS):
                    await answer()
                taken[name].append((time.process_time() - started) * 1000 / ANSWERS)
    return {name: statistics.median(each) for name, each in taken.items()}


def main(rounds: int) -> int:
    worst = 0.0
    for events in EVENTS:
        ours, theirs = multiprocessing.Pipe()
        double = multiprocessing.get_context("spawn").Process(target=serve, args=(events, theirs), daemon=True)
        double.start()
        try:
            found = asyncio.run(measured(f"http://127.0.0.1:{ours.recv()}", events, rounds))
        finally:
            double.terminate()
        print(json.dumps({"events": events, "milliseconds": {name: round(each, 2) for name, each in found.items()}}))
        worst = max(worst, found["ours (on aiohttp)"] / found["aiohttp"])
    print(f"our client costs {worst:.2f} times the bare library or less (limit {LIMIT})")
    return int(worst > LIMIT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    sys.exit(main(parser.parse_args().rounds))
