"""Serves the provider over gRPC: Pulumi's own servicer, with old inputs passed on and errors without tracebacks."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime import proto
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.aws.errors import StandInError
from sandbox.aws.provider import AwsProvider, old_inputs

MAX_MESSAGE_BYTES = 400 * 1024 * 1024  # what Pulumi's own servers take


class Servicer(ProviderServicer):
    """ResourceProvider of package aws."""

    async def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        """Another region or role changes the provider in place: resources carry their own region."""
        different = request.old_inputs != request.news
        return proto.DiffResponse(changes=proto.DiffResponse.DIFF_SOME if different else proto.DiffResponse.DIFF_NONE)


def _explained(name: str) -> Callable[[Servicer, Any, Any], Awaitable[Any]]:
    """The base's method, which hides old inputs from the provider and puts a traceback into every error's text."""
    inherited = getattr(ProviderServicer, name)

    async def method(self: Servicer, request: Any, context: Any) -> Any:
        if hasattr(request, "old_inputs"):
            old_inputs.set(PropertyValue.unmarshal_map(request.old_inputs))
        try:
            return await inherited(self, request, context)
        except Exception as error:
            cause = error if isinstance(error, StandInError) else error.__context__
            if isinstance(cause, StandInError):
                await context.abort(grpc.StatusCode.UNKNOWN, str(cause))
            raise

    return method


for _name in ("CheckConfig", "Configure", "Check", "Diff", "Create", "Read", "Update", "Delete", "Invoke"):
    setattr(Servicer, _name, _explained(_name))


def serve(arguments: list[str], version: str) -> None:
    """Runs until killed; prints the port, as the engine expects of a plugin."""
    engine = next((item for item in arguments if not item.startswith("-")), "")
    asyncio.run(_serve(Servicer(arguments, version, AwsProvider(), engine)))


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
