"""Gives every request an id, a log line, metrics, and the headers that protect a browser."""

import secrets
import time

from codekeep_contracts import metrics
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codekeep_runtime.gateway.errors import error_response
from codekeep_runtime.telemetry import emit, span
from codekeep_runtime.telemetry.metrics import observe

_SECURITY_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class RequestMiddleware:
    """Plain ASGI, so that streams pass through unbuffered. Sends no CORS header: other origins read nothing.

    Args:
        routes: paths that logs and metrics may name; any other counts as "other".
    """

    def __init__(self, app: ASGIApp, routes: frozenset[str]) -> None:
        self._app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, started, status, has_started = secrets.token_hex(8), time.perf_counter(), 500, False
        scope.setdefault("state", {})["request_id"] = request_id

        async def answer(message: Message) -> None:
            nonlocal status, has_started
            if message["type"] == "http.response.start":
                status, has_started = message["status"], True
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        route = scope["path"] if scope["path"] in self._routes else "other"
        try:
            with span("request", "gateway", route=route, request_id=request_id):
                await self._app(scope, receive, answer)
        except Exception as error:  # stops here: a server would log its message and frames, which may contain code
            kind = type(error).__name__
            emit("request-failed", component="gateway", level="error", error_kind=kind, request_id=request_id)
            if not has_started:
                await error_response(500)(scope, receive, answer)
        finally:
            observe(metrics.REQUESTS, component="gateway", route=route, status=status)
            if status >= 500:
                observe(metrics.FAILED_REQUESTS, component="gateway", route=route, status=status)
            emit(
                "request-answered",
                component="gateway",
                request_id=request_id,
                route=route,
                method=scope["method"] if scope["method"] in {"GET", "POST"} else "other",
                status=status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )
