"""POST /v1/search."""

import time
from typing import Any

from codekeep_contracts import metrics
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.gateway.bodies import SearchBody, parsed
from codekeep_runtime.gateway.caller import caller_of
from codekeep_runtime.telemetry.metrics import observe


async def search(request: Request) -> Response:
    """What the reader may not see is outside the query; naming it narrows to nothing, as a name that is not there."""
    caller = await caller_of(request)
    body = await parsed(request, SearchBody)
    retriever = caller.services.retriever
    started = time.perf_counter()
    found = await run_in_threadpool(retriever.search, caller.scope, body.query, body.k, body.narrowing())
    observe(metrics.RETRIEVAL_LATENCY, (time.perf_counter() - started) * 1000, component="gateway", route="/v1/search")
    if found:
        observe(metrics.RETRIEVAL_HITS, component="gateway", route="/v1/search")
    await caller.audit(caller.served_chunks("search", (each.chunk for each in found)))
    return JSONResponse({"results": [{**told(each.chunk), "score": round(each.score, 6)} for each in found]})


def told(chunk: Chunk) -> dict[str, Any]:
    """A chunk as its reader gets it."""
    return {
        "id": chunk.id,
        "repository": chunk.branch.repository.key,
        "branch": chunk.branch.name,
        "commit": chunk.commit,
        "path": chunk.path.encode("utf-8", "replace").decode(),
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "language": chunk.language,
        "symbol": chunk.symbol,
        "text": chunk.text.encode("utf-8", "replace").decode(),
    }
