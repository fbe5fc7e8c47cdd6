"""The receiver of POST /webhooks/{link}. Stateless but for replay protection; responses reveal as little as possible to
strangers.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from codekeep_contracts.faults import DataFault
from codekeep_contracts.messages import Push
from codekeep_contracts.pods import HEALTH_PATH, READY_PATH
from codekeep_contracts.settings.links import GitLinkSettings
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from codekeep_runtime.telemetry import emit
from codekeep_runtime.webhook.event import DELIVERY_HEADERS, is_push, parse_push
from codekeep_runtime.webhook.replay import Deliveries
from codekeep_runtime.webhook.signature import is_signed

MAX_BYTES = 26_214_400  # GitHub caps its payloads at 25 MB
ACCEPTED, IGNORED, BAD, REFUSED, REPLAYED, TOO_LARGE, UNAVAILABLE = 202, 204, 400, 403, 409, 413, 503


def create_app(
    links: Mapping[str, GitLinkSettings],
    secret_of: Callable[[GitLinkSettings], str],
    send: Callable[[str], None],
    deliveries: Deliveries | None = None,
) -> Starlette:
    """
    Args:
        links: the keep's Git links by name.
        secret_of: returns the secret that signs a link's webhooks.
        send: puts a message's JSON on the ingest queue; if it raises, the host tries again.
    """
    receiver = _Receiver(links, secret_of, send, deliveries or Deliveries())
    return Starlette(
        routes=[
            Route("/webhooks/{link}", receiver.receive, methods=["POST"]),
            Route(HEALTH_PATH, _ok),
            Route(READY_PATH, _ok),
        ]
    )


@dataclass(frozen=True)
class _Receiver:
    links: Mapping[str, GitLinkSettings]
    secret_of: Callable[[GitLinkSettings], str]
    send: Callable[[str], None]
    deliveries: Deliveries

    async def receive(self, request: Request) -> Response:
        body = await body_of(request)
        if body is None:
            return _answer(TOO_LARGE)
        link = self.links.get(request.path_params["link"])
        if link is None or not await self._is_signed(link, request, body):
            return _answer(REFUSED)  # the same for a link that does not exist
        try:
            push = parse_push(link.kind, json.loads(body)) if is_push(link.kind, request.headers) else None
            if push is None:
                return _answer(IGNORED)
            message = Push(link=link.name, repository=push.repository, branch=push.branch, commit=push.commit)
        except (ValueError, RecursionError, DataFault):
            return _answer(BAD)
        return await self._queue(delivery_of(link, request), push.at, message)

    async def _is_signed(self, link: GitLinkSettings, request: Request, body: bytes) -> bool:
        secret = await run_in_threadpool(self.secret_of, link)
        return is_signed(link.kind, secret, request.headers, body)

    async def _queue(self, delivery: str, signed_at: float | None, message: Push) -> Response:
        if not self.deliveries.is_new(delivery, signed_at):
            return _answer(REPLAYED)
        try:
            await run_in_threadpool(self.send, message.model_dump_json())
        except Exception as error:  # whatever it is, the host must try again
            self.deliveries.forget(delivery)
            emit("webhook-not-handed-on", component="ingest", level="error", error_kind=type(error).__name__)
            return Response(status_code=UNAVAILABLE)
        return _answer(ACCEPTED)


def delivery_of(link: GitLinkSettings, request: Request) -> str:
    """The host's id of a delivery, which repeated attempts share."""
    return f"{link.name}:{request.headers.get(DELIVERY_HEADERS[link.kind], '')}"


async def body_of(request: Request) -> bytes | None:
    """The request's body; None if it is longer than any host sends."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _answer(status: int) -> Response:
    emit("webhook-answered", component="ingest", level="info" if status < BAD else "warning", status=status)
    return Response(status_code=status)


async def _ok(_: Request) -> Any:
    return Response(status_code=200)
