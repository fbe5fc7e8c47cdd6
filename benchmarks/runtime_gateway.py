"""Time that the gateway adds to a chat answer: sign-in, scope, retrieval, prompt, audit, citations, streaming.

`python -m benchmarks.runtime_gateway [--chunks N] [--questions N]`: over HTTP on loopback, with an engine on loopback
that answers at once. Exits with 1 if the 95th percentile is above its limit.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
from codekeep_contracts.audit import AuditRecord
from codekeep_runtime.access.laptop import LaptopAccess, LaptopIdentity
from codekeep_runtime.core.chunk import Chunk, chunk_id
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import FileSymbols
from codekeep_runtime.gateway.app import create_app
from codekeep_runtime.gateway.limits import Limits
from codekeep_runtime.gateway.services import Services
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.index.interface import FoundDefinition, FoundReference, Hit, Narrowing
from codekeep_runtime.models.chat import ServedChatModel
from codekeep_runtime.models.client import EngineClient
from codekeep_runtime.models.routes import Route, Routes
from codekeep_runtime.products.chat.chat import Chat
from codekeep_runtime.telemetry.log import LOG
from starlette import routing
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from tests.runtime.gateway.serving import served

LIMIT_MS = 60.0
WARM_UP = 10
FILES_PER_WRITE = 500
WORDS = tuple(f"{verb}{noun}" for verb in ("load", "store", "check", "send") for noun in ("Invoice", "Card", "Route"))


@dataclass
class Lexical:
    """Lexical retrieval only, so that no embedder's time is measured."""

    index: EmbeddedIndex

    def search(self, scope: Scope, text: str, k: int, narrowing: Narrowing) -> Sequence[Hit]:
        return self.index.lexical(scope, text, k, narrowing)


class NoSymbols:
    def definitions(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        return []

    def references(self, scope: Scope, name: str) -> Sequence[FoundReference]:
        return []

    callers = references


def main(chunks: int, questions: int) -> int:
    """Prints median and 95th percentile; returns 1 if the latter is above its limit."""
    LOG.minimum_level = "error"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        index = EmbeddedIndex.open(Path(folder), "bench", "none-1", 64)
        fill(index, chunks)
        engine = stack.enter_context(
            served(Starlette(routes=[routing.Route("/v1/chat/completions", answer, methods=["POST"])]))
        )
        identity = LaptopIdentity()
        url = stack.enter_context(served(gateway(index, engine, identity, Path(folder) / "audit")))
        client = stack.enter_context(httpx.Client(headers={"authorization": f"Bearer {identity.token}"}, timeout=30))
        times = [answer_ms(client, url, number) for number in range(WARM_UP + questions)][WARM_UP:]
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    cores = len(os.sched_getaffinity(0))
    print(
        f"chat without the engine's time: median {median:.1f} ms, p95 {p95:.1f} ms over {chunks} chunks "
        f"({questions} questions, {cores} cores; limit {LIMIT_MS:.0f} ms)"
    )
    return int(p95 > LIMIT_MS)


def fill(index: EmbeddedIndex, chunks: int) -> None:
    """Writes files of one chunk of about 1,000 characters each, the same in every run."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    branch = Branch(RepositoryId("git.demo.example", "bench", "corpus"), "main")
    for start in range(0, chunks, FILES_PER_WRITE):
        numbers = range(start, min(start + FILES_PER_WRITE, chunks))
        index.write(branch, [source_file(branch, number, chance) for number in numbers])


def source_file(branch: Branch, number: int, chance: random.Random) -> SourceFile:
    path, blob = f"src/module{number}.py", f"{number:040x}"
    lines = [f"def {chance.choice(WORDS)}{number}(value{chance.randrange(5000)}):"]
    lines += [f"    {chance.choice(WORDS)}(part{chance.randrange(5000)}, total{number})" for _ in range(25)]
    chunk = Chunk(
        id=chunk_id(branch, path, blob, 0),
        branch=branch,
        commit="c" * 40,
        path=path,
        blob=blob,
        ordinal=0,
        language="python",
        start_line=1,
        end_line=len(lines),
        symbol="",
        symbol_kind="",
        imports=(),
        text="\n".join(lines),
    )
    return SourceFile(
        path=path, blob=blob, language="python", size=len(chunk.text), chunks=(chunk,), symbols=FileSymbols()
    )


def gateway(index: EmbeddedIndex, engine: str, identity: LaptopIdentity, records: Path) -> Starlette:
    def audit(record: AuditRecord) -> None:
        with records.open("a") as file:
            file.write(f"{record}\n")
            file.flush()
            os.fsync(file.fileno())

    retriever = Lexical(index)
    model = ServedChatModel(EngineClient(engine, "chat", "gateway", 64), 16_384, 512)
    return create_app(
        Services(
            identity=identity,
            access=LaptopAccess("bench", lambda: {branch.repository for branch in index.branches()}),
            retriever=retriever,
            symbols=NoSymbols(),
            chat=Chat(retriever, index, {"bench": model}),
            audit=audit,
            limits=Limits(requests_per_minute=1_000_000, tokens_per_day=2**40),
            ready=lambda: {"index": True},
            routes=Routes([Route(product="chat", model="bench", role="chat")]),
        )
    )


async def answer(_: Request) -> Response:
    """The engine: sends the complete answer at once."""
    piece = {"choices": [{"index": 0, "delta": {"content": "It is computed there [1]. "}, "finish_reason": "stop"}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 8}}
    body = "".join(f"data: {json.dumps(each)}\n\n" for each in (piece, usage)) + "data: [DONE]\n\n"
    return Response(body, media_type="text/event-stream")


def answer_ms(client: httpx.Client, url: str, number: int) -> float:
    """Milliseconds from the request to the last byte of its streamed answer."""
    content = f"where does {WORDS[number % len(WORDS)]}{number} use total{number}?"
    body = {"messages": [{"role": "user", "content": content}], "stream": True}
    started = time.perf_counter()
    response = client.post(f"{url}/v1/chat/completions", json=body)
    milliseconds = (time.perf_counter() - started) * 1000
    assert '"number":1' in response.text, response.status_code  # without a citation the gateway skips most of its work
    return milliseconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=200)
    arguments = parser.parse_args()
    sys.exit(main(arguments.chunks, arguments.questions))
