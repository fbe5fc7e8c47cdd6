"""The receiver: POST /webhooks/{link}. Says little to whoever is not the host, and holds no state worth keeping."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from codekeep_contracts.faults import DataFault
from codekeep_contracts.messages import Push
from codekeep_contracts.settings.links import GitLinkSettings
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from codekeep_runtime.telemetry import emit
from codekeep_runtime.webhook.event import DELIVERY_HEADERS, Pushed, is_push, pushed
from codekeep_runtime.webhook.replay import Deliveries
from codekeep_runtime.webhook.signature import is_signed

MOST_BYTES = 26_214_400  # GitHub caps its payloads at 25 MB
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
        secret_of: the secret that a link's webhooks are signed with.
        send: puts a message's JSON on the ingest queue; what it raises makes the host try again.
    """
    receiver = _Receiver(links, secret_of, send, deliveries or Deliveries())
    return Starlette(
        routes=[
            Route("/webhooks/{link}", receiver.receive, methods=["POST"]),
            Route("/healthz", _ok),
            Route("/readyz", _ok),
        ]
    )


class _Receiver:
    def __init__(
        self,
        links: Mapping[str, GitLinkSettings],
        secret_of: Callable[[GitLinkSettings], str],
        send: Callable[[str], None],
        deliveries: Deliveries,
    ) -> None:
        self._links, self._secret_of, self._send, self._deliveries = links, secret_of, send, deliveries

    async def receive(self, request: Request) -> Response:
        body = await body_of(request)
        if body is None:
            return self._answer(TOO_LARGE)
        link = self._links.get(request.path_params["link"])
        if link is None or not await self._is_signed(link, request, body):
            return self._answer(REFUSED)  # the same for a link that does not exist
        try:
            push = pushed(link.kind, json.loads(body)) if is_push(link.kind, request.headers) else None
            message = _message(link, push) if push else None
        except (ValueError, RecursionError, DataFault):
            return self._answer(BAD)
        if push is None or message is None:
            return self._answer(IGNORED)
        return await self._hand_on(delivery_of(link, request), push.at, message)

    async def _is_signed(self, link: GitLinkSettings, request: Request, body: bytes) -> bool:
        secret = await run_in_threadpool(self._secret_of, link)
        return is_signed(link.kind, secret, request.headers, body)

    async def _hand_on(self, delivery: str, signed_at: float | None, message: Push) -> Response:
        if not self._deliveries.is_new(delivery, signed_at):
            return self._answer(REPLAYED)
        try:
            await run_in_threadpool(self._send, message.model_dump_json())
        except Exception as error:  # whatever it is, the host shall try again
            self._deliveries.forget(delivery)
            emit("webhook-not-handed-on", component="ingest", level="error", error_kind=type(error).__name__)
            return Response(status_code=UNAVAILABLE)
        return self._answer(ACCEPTED)

    def _answer(self, status: int) -> Response:
        emit("webhook-answered", component="ingest", level="info" if status < BAD else "warning", status=status)
        return Response(status_code=status)


def delivery_of(link: GitLinkSettings, request: Request) -> str:
    """What the host numbers its deliveries with; attempts of one delivery share it."""
    return f"{link.name}:{request.headers.get(DELIVERY_HEADERS[link.kind], '')}"


def _message(link: GitLinkSettings, push: Pushed) -> Push:
    return Push(link=link.name, repository=push.repository, branch=push.branch, commit=push.commit)


async def body_of(request: Request) -> bytes | None:
    """None where it is longer than any host sends."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


async def _ok(_: Request) -> Any:
    return Response(status_code=200)
