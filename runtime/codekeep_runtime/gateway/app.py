"""The gateway as a Starlette app."""

from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from codekeep_runtime.gateway import about, errors
from codekeep_runtime.gateway.chat import chat
from codekeep_runtime.gateway.search import search
from codekeep_runtime.gateway.services import Services
from codekeep_runtime.gateway.shell import Shell
from codekeep_runtime.gateway.symbols import callers, definitions, references


def create_app(services: Services) -> Starlette:
    """One tenant's app. `app.state.draining` makes it say that it is not ready, and ends nothing that runs."""
    routes = [
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/v1beta/chat/completions", chat, methods=["POST"]),
        Route("/v1/search", search, methods=["POST"]),
        Route("/v1/symbols/definitions", definitions),
        Route("/v1/symbols/references", references),
        Route("/v1/symbols/callers", callers),
        Route("/v1/models", about.models),
        Route("/v1/me", about.me),
        Route("/healthz", about.alive),
        Route("/readyz", about.ready),
        Route("/metrics", about.metrics),
    ]
    handlers: dict[Any, Any] = {**errors.HANDLERS, HTTPException: errors.http_error}
    app = Starlette(
        routes=[*routes, *services.page],
        exception_handlers=handlers,
        middleware=[Middleware(Shell, routes=frozenset(route.path for route in routes))],
    )
    app.state.services = services
    app.state.draining = False
    return app
