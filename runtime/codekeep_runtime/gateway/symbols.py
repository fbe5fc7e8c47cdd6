"""GET /v1/symbols/{definitions,references,callers}?name=."""

from functools import partial
from typing import Literal

from codekeep_contracts.audit import Purpose
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from codekeep_runtime.gateway.bodies import InvalidRequestFault
from codekeep_runtime.gateway.documents import symbol_document
from codekeep_runtime.gateway.reader_request import admit_request

NAME_CHARACTERS_MAX = 512
RESULTS_MAX = 1000


async def _answer(http: Request, lookup: Literal["definitions", "references", "callers"]) -> Response:
    request = await admit_request(http)
    name = http.query_params.get("name", "")
    if not 0 < len(name) <= NAME_CHARACTERS_MAX:
        raise InvalidRequestFault("name")
    find = getattr(request.services.symbols, lookup)
    found = (await run_in_threadpool(find, request.scope, name))[:RESULTS_MAX]
    await request.audit(request.record(Purpose.SYMBOLS, repositories=(each.branch.repository for each in found)))
    return JSONResponse({"results": [symbol_document(each) for each in found]})


definitions, references, callers = (partial(_answer, lookup=name) for name in ("definitions", "references", "callers"))
