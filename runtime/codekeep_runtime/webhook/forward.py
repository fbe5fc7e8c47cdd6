"""Forwards webhooks from the gateway, the only way into a keep, to their receiver."""

from codekeep_contracts.pods import WEBHOOK_PORT
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from codekeep_runtime.telemetry import emit
from codekeep_runtime.webhook.app import TOO_LARGE, UNAVAILABLE, body_of
from codekeep_runtime.webhook.event import DELIVERY_HEADERS, EVENT_HEADERS
from codekeep_runtime.webhook.signature import GITHUB_HEADER, GITLAB_HEADER

RECEIVER = f"http://webhook:{WEBHOOK_PORT}"  # the Service of components/release/webhook.py
TIMEOUT_SECONDS = 9.0  # GitHub waits for ten
FORWARDED_HEADERS = frozenset(
    {"content-type", *EVENT_HEADERS.values(), *DELIVERY_HEADERS.values(), GITHUB_HEADER, GITLAB_HEADER}
)


def forwarding_route(receiver: str = RECEIVER) -> Route:
    """The gateway's route that forwards webhooks unchecked: only the receiver has the secrets that verify the
    sender.
    """
    return Route("/webhooks/{link}", _Forward(receiver).forward, methods=["POST"])


class _Forward:
    def __init__(self, receiver: str) -> None:
        import httpx

        self._client = httpx.AsyncClient(base_url=receiver, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._failures = (httpx.HTTPError,)

    async def forward(self, request: Request) -> Response:
        body = await body_of(request)
        if body is None:
            return Response(status_code=TOO_LARGE)
        headers = {name: value for name, value in request.headers.items() if name in FORWARDED_HEADERS}
        try:
            answer = await self._client.post(request.url.path, content=body, headers=headers)
        except self._failures as error:
            emit("webhook-not-forwarded", component="gateway", level="error", error_kind=type(error).__name__)
            return Response(status_code=UNAVAILABLE)
        return Response(status_code=answer.status_code)
