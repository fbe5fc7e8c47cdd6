"""What a client may ask of the service itself: models, who I am, whether it is well."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from codekeep_runtime.gateway.caller import caller_of
from codekeep_runtime.gateway.errors import refusal
from codekeep_runtime.gateway.services import Services

LOOPBACK = frozenset({"127.0.0.1", "::1"})


async def models(request: Request) -> Response:
    caller = await caller_of(request)
    listed = [{"id": name, "object": "model", "created": 0, "owned_by": "codekeep"} for name in caller.services.models]
    return JSONResponse({"object": "list", "data": listed})


async def me(request: Request) -> Response:
    """The reader, their team and what they may see."""
    caller = await caller_of(request)
    return JSONResponse(
        {
            "id": caller.reader.id,
            "is_service": caller.reader.is_service,
            "team": caller.scope.team,
            "repositories": sorted(each.key for each in caller.scope.repositories),
        }
    )


async def alive(_: Request) -> Response:
    return Response(status_code=200)


async def ready(request: Request) -> Response:
    """Names and truth values only."""
    services: Services = request.app.state.services
    try:
        parts = dict(await run_in_threadpool(services.ready))
    except Exception:
        parts = {"index": False}
    is_ready = all(parts.values()) and not request.app.state.draining
    return JSONResponse(parts, 200 if is_ready else 503)


async def metrics(request: Request) -> Response:
    """For a scraper on loopback (a sidecar); from anywhere else it is no route. Nothing in it is per repository."""
    services: Services = request.app.state.services
    if services.metrics is None or request.client is None or request.client.host not in LOOPBACK:
        return refusal(404)
    return Response(await run_in_threadpool(services.metrics), media_type="text/plain; version=0.0.4")
