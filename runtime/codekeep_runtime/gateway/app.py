"""The gateway as a Starlette app."""

from typing import Any

from codekeep_contracts.pods import HEALTH_PATH, METRICS_PATH, READY_PATH
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from codekeep_runtime.gateway import info
from codekeep_runtime.gateway.chat import chat
from codekeep_runtime.gateway.errors import HANDLERS
from codekeep_runtime.gateway.middleware import RequestMiddleware
from codekeep_runtime.gateway.search import search
from codekeep_runtime.gateway.services import Services
from codekeep_runtime.gateway.symbols import callers, definitions, references


def create_app(services: Services) -> Starlette:
    """One tenant's app. With `app.state.draining` it reports that it is not ready, and goes on answering."""
    routes = [
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/v1beta/chat/completions", chat, methods=["POST"]),
        Route("/v1/search", search, methods=["POST"]),
        Route("/v1/symbols/definitions", definitions),
        Route("/v1/symbols/references", references),
        Route("/v1/symbols/callers", callers),
        Route("/v1/models", info.models),
        Route("/v1/me", info.me),
        Route(HEALTH_PATH, info.alive),
        Route(READY_PATH, info.ready),
        Route(METRICS_PATH, info.metrics),
    ]
    handlers: dict[Any, Any] = {**HANDLERS}
    app = Starlette(
        routes=[*routes, *services.page],
        exception_handlers=handlers,
        middleware=[Middleware(RequestMiddleware, routes=frozenset(route.path for route in routes))],
    )
    app.state.services = services
    app.state.draining = False
    return app
