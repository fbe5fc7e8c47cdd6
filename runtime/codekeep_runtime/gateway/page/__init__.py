"""The web page at `/`, and the cited lines it shows."""

from collections.abc import Sequence
from functools import partial
from importlib.resources import files

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from codekeep_runtime.gateway.caller import caller_of
from codekeep_runtime.gateway.errors import refusal
from codekeep_runtime.gateway.search import told
from codekeep_runtime.index.interface import Index

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_FILES = {
    "/": ("page.html", "text/html"),
    "/page.js": ("page.js", "text/javascript"),
    "/page.css": ("page.css", "text/css"),
}


def page_routes(index: Index) -> Sequence[BaseRoute]:
    """For Services.page. The page holds nothing and needs no sign-in; what it shows it asks for as its reader."""
    shown = [Route(path, partial(_file, name=name, kind=kind)) for path, (name, kind) in _FILES.items()]
    return [*shown, Route("/v1/chunks/{id}", partial(_chunk, index=index))]


async def _file(_: Request, name: str, kind: str) -> Response:
    body = (files(__package__) / name).read_bytes()
    headers = {"content-security-policy": _POLICY, "referrer-policy": "no-referrer", "cache-control": "no-cache"}
    return Response(body, media_type=kind, headers=headers)


async def _chunk(request: Request, index: Index) -> Response:
    """One that is not there and one that may not be seen answer alike. Audited before it leaves."""
    caller = await caller_of(request)
    wanted = request.path_params["id"]
    chunk = (await run_in_threadpool(index.chunks, caller.scope, [wanted])).get(wanted)
    if chunk is None:
        return refusal(404)
    await caller.audit(caller.served_chunks("search", [chunk]))
    return JSONResponse(told(chunk), headers={"cache-control": "no-store"})
