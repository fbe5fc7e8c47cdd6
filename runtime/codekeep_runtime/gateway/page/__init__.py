"""The web page at `/`, and the cited lines it shows."""

from collections.abc import Sequence
from functools import partial
from importlib.resources import files

from codekeep_contracts.audit import Purpose
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from codekeep_runtime.gateway.documents import chunk_document
from codekeep_runtime.gateway.errors import error_response
from codekeep_runtime.gateway.reader_request import admit_request
from codekeep_runtime.index.interface import IndexReader

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_FILES = {
    "/": ("page.html", "text/html"),
    "/page.js": ("page.js", "text/javascript"),
    "/page.css": ("page.css", "text/css"),
}


def page_routes(index: IndexReader) -> Sequence[BaseRoute]:
    """Routes of the page, for Services.page. The page itself is public and empty; it requests its content with the
    reader's token.
    """
    shown = [Route(path, partial(_file, name=name, kind=kind)) for path, (name, kind) in _FILES.items()]
    return [*shown, Route("/v1/chunks/{id}", partial(_chunk, index=index))]


async def _file(_: Request, name: str, kind: str) -> Response:
    body = (files(__package__) / name).read_bytes()
    headers = {"content-security-policy": _POLICY, "referrer-policy": "no-referrer", "cache-control": "no-cache"}
    return Response(body, media_type=kind, headers=headers)


async def _chunk(http: Request, index: IndexReader) -> Response:
    """A chunk that does not exist and one that the reader may not see give the same answer."""
    request = await admit_request(http)
    wanted = http.path_params["id"]
    chunk = (await run_in_threadpool(index.chunks, request.scope, [wanted])).get(wanted)
    if chunk is None:
        return error_response(404)
    await request.audit(request.record(Purpose.SEARCH, chunks=[chunk]))
    return JSONResponse(chunk_document(chunk), headers={"cache-control": "no-store"})
