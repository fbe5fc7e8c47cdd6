"""Serves a stand-in as a Pulumi plugin: Pulumi's servicer, with old inputs passed on and errors without tracebacks."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any

import grpc
from codekeep_contracts.faults import Fault
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import Provider
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime import proto
from pulumi.runtime.proto import provider_pb2_grpc

MAX_MESSAGE_BYTES = 400 * 1024 * 1024  # the limit of Pulumi's own servers

old_inputs: ContextVar[Mapping[str, PropertyValue]] = ContextVar("old_inputs")
"""Old inputs of a diff or update: in Pulumi's protocol, but not in the request classes of its Python SDK."""


class PluginFault(Fault):
    """An operation is refused. The message reaches the engine without a traceback."""


class Servicer(ProviderServicer):
    """ResourceProvider service over one provider."""

    async def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC
        """A change of configuration never replaces a provider: resources have their own region."""
        different = request.old_inputs != request.news
        return proto.DiffResponse(changes=proto.DiffResponse.DIFF_SOME if different else proto.DiffResponse.DIFF_NONE)


def _explained(name: str) -> Callable[[Servicer, Any, Any], Awaitable[Any]]:
    """The base class's method, which drops old inputs and puts a traceback into every error's text."""
    inherited = getattr(ProviderServicer, name)

    async def method(self: Servicer, request: Any, context: Any) -> Any:
        if hasattr(request, "old_inputs"):
            old_inputs.set(PropertyValue.unmarshal_map(request.old_inputs))
        try:
            return await inherited(self, request, context)
        except Exception as error:
            cause = error if isinstance(error, PluginFault) else error.__context__
            if isinstance(cause, PluginFault):
                await context.abort(grpc.StatusCode.UNKNOWN, str(cause))
            raise

    return method


for _name in ("CheckConfig", "Configure", "Check", "Diff", "Create", "Read", "Update", "Delete", "Invoke"):
    setattr(Servicer, _name, _explained(_name))


def serve(provider: Provider, version: str, arguments: list[str]) -> None:
    """Runs until killed. Prints the port first, as the engine expects."""
    engine = next((item for item in arguments if not item.startswith("-")), "")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Servicer(arguments, version, provider, engine)))


async def _serve(servicer: Servicer) -> None:
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
        ]
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()
