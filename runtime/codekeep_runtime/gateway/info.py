"""Routes that describe the service: its models, the current reader, health and metrics."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from codekeep_runtime.gateway.errors import error_response
from codekeep_runtime.gateway.reader_request import admit_request
from codekeep_runtime.gateway.services import Services

LOOPBACK = frozenset({"127.0.0.1", "::1"})


async def models(http: Request) -> Response:
    """The names that a chat may ask for as its `model`."""
    request = await admit_request(http)
    names = request.services.routes.names("chat")
    listed = [{"id": name, "object": "model", "created": 0, "owned_by": "codekeep"} for name in names]
    return JSONResponse({"object": "list", "data": listed})


async def me(http: Request) -> Response:
    """The reader, their team and what they may see."""
    request = await admit_request(http)
    return JSONResponse(
        {
            "id": request.reader.id,
            "is_service": request.reader.is_service,
            "team": request.scope.team,
            "repositories": sorted(each.key for each in request.scope.repositories),
        }
    )


async def alive(_: Request) -> Response:
    return Response(status_code=200)


async def ready(http: Request) -> Response:
    """The parts that a request needs, by name, and whether each can answer."""
    services: Services = http.app.state.services
    try:
        parts = dict(await run_in_threadpool(services.ready))
    except Exception:
        parts = {"index": False}
    is_ready = all(parts.values()) and not http.app.state.draining
    return JSONResponse(parts, 200 if is_ready else 503)


async def metrics(http: Request) -> Response:
    """Metrics for a scraper on loopback (a sidecar); for anyone else this route does not exist. No metric is per
    repository.
    """
    services: Services = http.app.state.services
    if services.metrics is None or http.client is None or http.client.host not in LOOPBACK:
        return error_response(404)
    return Response(await run_in_threadpool(services.metrics), media_type="text/plain; version=0.0.4")
