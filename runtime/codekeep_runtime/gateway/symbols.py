"""GET /v1/symbols/{definitions,references,callers}?name=."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from codekeep_runtime.gateway.bodies import WrongBody
from codekeep_runtime.gateway.caller import caller_of
from codekeep_runtime.gateway.services import Symbols
from codekeep_runtime.index.interface import FoundDefinition, FoundReference

MOST_NAME = 512  # characters
MOST_FOUND = 1000

Found = FoundDefinition | FoundReference
Lookup = Callable[[Symbols], Callable[..., Sequence[Found]]]


async def definitions(request: Request) -> Response:
    return await _answered(request, lambda symbols: symbols.definitions)


async def references(request: Request) -> Response:
    return await _answered(request, lambda symbols: symbols.references)


async def callers(request: Request) -> Response:
    return await _answered(request, lambda symbols: symbols.callers)


async def _answered(request: Request, lookup: Lookup) -> Response:
    caller = await caller_of(request)
    name = request.query_params.get("name", "")
    if not 0 < len(name) <= MOST_NAME:
        raise WrongBody("name")
    found = (await run_in_threadpool(lookup(caller.services.symbols), caller.scope, name))[:MOST_FOUND]
    seen = (each.branch.repository for each in found)
    await caller.audit(caller.served("symbols", "served", repositories=seen))
    return JSONResponse({"results": [told(each) for each in found]})


def told(found: Found) -> dict[str, Any]:
    place = {
        "repository": found.branch.repository.key,
        "branch": found.branch.name,
        "path": found.path.encode("utf-8", "replace").decode(),
    }
    if isinstance(found, FoundDefinition):
        return {**place, **found.definition._asdict()}
    return {**place, **found.reference._asdict()}
