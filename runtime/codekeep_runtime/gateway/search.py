"""POST /v1/search."""

import time

from codekeep_contracts import metrics
from codekeep_contracts.audit import Purpose
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from codekeep_runtime.gateway.bodies import SearchBody, parse_body
from codekeep_runtime.gateway.documents import chunk_document
from codekeep_runtime.gateway.reader_request import admit_request
from codekeep_runtime.telemetry.metrics import observe

ROUTE = "/v1/search"


async def search(http: Request) -> Response:
    """A repository that the reader may not see and one that does not exist give the same answer."""
    request = await admit_request(http)
    body = await parse_body(http, SearchBody)
    started = time.perf_counter()
    search = request.services.retriever.search
    found = await run_in_threadpool(search, request.scope, body.query, body.k, body.narrowing())
    observe(metrics.RETRIEVAL_LATENCY, (time.perf_counter() - started) * 1000, component="gateway", route=ROUTE)
    if found:
        observe(metrics.RETRIEVAL_HITS, component="gateway", route=ROUTE)
    await request.audit(request.record(Purpose.SEARCH, chunks=(each.chunk for each in found)))
    return JSONResponse({"results": [{**chunk_document(each.chunk), "score": round(each.score, 6)} for each in found]})
