"""A separate process that uses the whole runtime, with canary strings in every kind of input.

Prints one JSON document with the answers that readers got, and ends by an uncaught exception.
"""

import asyncio
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from codekeep_runtime import telemetry
from codekeep_runtime.access.laptop import OWNER
from codekeep_runtime.gateway.app import create_app
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.file_task import parse_source
from codekeep_runtime.ingest.ingest import Ingest, Options
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.models.chat import ServedChatModel
from codekeep_runtime.models.client import EngineClient
from codekeep_runtime.models.routes import Route
from codekeep_runtime.platform.context import RuntimeContext
from codekeep_runtime.platform.laptop import LaptopPlatform
from codekeep_runtime.platform.runtime import Runtime
from codekeep_runtime.products.chat.chat import Chat
from codekeep_runtime.products.chat.question import Message
from codekeep_runtime.telemetry import crash

from tests.runtime.canary.strings import CODE, CRASH, HEADER, PROMPT, UPSTREAM
from tests.runtime.gateway.serving import served

QUESTION = f"What price of a basket does {CODE} return? ({PROMPT})"


def parse_but_one(path, head, text):
    """The default parser, except that it raises an error that quotes the text of one file."""
    if path == "broken.py":
        raise ValueError(f"cannot parse {text}")
    return parse_source(path, head, text)


class FailingModel(BaseHTTPRequestHandler):
    """A model server that fails with a message that quotes the prompt."""

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(500)
        self.end_headers()
        self.wfile.write(b"Traceback: " + UPSTREAM.encode() + asked)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def failing_model() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), FailingModel) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def main() -> None:
    data, repository = Path(sys.argv[1]), sys.argv[2]
    telemetry.setup()
    context = RuntimeContext(data=data)
    with Runtime(LaptopPlatform(context), OWNER, "gateway") as runtime:
        embedding = Embedding(runtime.index, runtime.embedder)
        ingest = Ingest(runtime.index, embedding, context.folder("ingest"), Options(workers=1), parse_but_one)
        manifest = ingest.run([Source.at(repository)])
        got = {"manifest": manifest.document(), **ask(runtime), **fail_upstream(runtime)}
    crash_elsewhere()
    print(json.dumps(got))
    raise RuntimeError(f"{CRASH} at the end")


def ask(runtime: Runtime) -> dict:
    """Sends valid and invalid requests to every route."""
    with served(create_app(runtime.services)) as address, httpx.Client(base_url=address) as client:
        headers = {"authorization": f"Bearer {runtime.identity.token}"}
        body = {"model": "codekeep", "messages": [{"role": "user", "content": QUESTION}]}
        whole = client.post("/v1/chat/completions", json=body, headers=headers).json()
        streamed = client.post("/v1/chat/completions", json={**body, "stream": True}, headers=headers).text
        found = client.post("/v1/search", json={"query": QUESTION, "k": 3}, headers=headers).json()
        client.get("/v1/symbols/definitions", params={"name": CODE}, headers=headers)
        client.get(f"/v1/chunks/{HEADER}", headers=headers)
        client.get(f"/{HEADER}", headers={"x-request-id": HEADER, "user-agent": HEADER})
        refusals = [
            client.post("/v1/search", json={"query": PROMPT, HEADER: HEADER}, headers=headers),
            client.post("/v1/search", content=f"{{{HEADER}".encode(), headers=headers),
            client.post("/v1/search", json={"query": PROMPT}, headers={"authorization": f"Bearer {HEADER}"}),
            client.get("/v1/symbols/definitions", params={"name": HEADER * 100}, headers=headers),
        ]
        return {
            "answer": whole,
            "streamed": streamed,
            "found": found,
            "refused": [each.status_code for each in refusals],
            "refusals": [each.text for each in refusals],
            "metrics": client.get("/metrics").text,
        }


def fail_upstream(runtime: Runtime) -> dict:
    """Runs a chat whose model fails while it answers."""

    async def answer() -> list[str]:
        engine = ServedChatModel(EngineClient(address, "chat", "gateway", 4), 8000, 500)
        chat = Chat(runtime.retriever, runtime.index, {"m": engine})
        route = Route(product="chat", model="m", role="chat")
        events = chat.answer(runtime.access.scope(OWNER), [Message("user", QUESTION)], route)
        return [str(getattr(event, "message", "")) async for event in events]

    with failing_model() as address:
        return {"failed": [message for message in asyncio.run(answer()) if message]}


def crash_elsewhere() -> None:
    """Raises and logs in a thread, in a task and by libraries."""

    def fail() -> None:
        quoted = CRASH
        raise KeyError(quoted)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    async def forgotten() -> None:
        crash.for_loop(asyncio.get_running_loop())
        asyncio.get_running_loop().call_soon(fail)
        await asyncio.sleep(0)

    asyncio.run(forgotten())
    logging.getLogger("some.library").error("failed with %s", CRASH, exc_info=ValueError(CRASH))
    logging.getLogger(CRASH).warning(CRASH)
    warnings.warn(CRASH, stacklevel=1)


if __name__ == "__main__":
    main()
