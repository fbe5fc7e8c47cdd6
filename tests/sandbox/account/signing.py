"""Requests as boto3 sends them, caught before they leave."""

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse

from sandbox.account.guard.signature import Message
from sandbox.aws import clients


def sent(service: str, operation: str, parameters: dict[str, Any], secret: str = "sandbox") -> Message:  # noqa: S107
    """The signed request of one call."""
    client = clients.session().client(
        service,
        region_name="eu-central-1",
        endpoint_url="http://127.0.0.1:5000",
        aws_access_key_id="AKIASANDBOXSANDBOX00",
        aws_secret_access_key=secret,
        config=clients.CONFIG,
    )
    caught: list[Any] = []

    def catch(request: Any, **_: Any) -> AWSResponse:
        caught.append(request)
        raise InterruptedError

    client.meta.events.register("before-send", catch)
    with suppress(InterruptedError):
        client._make_api_call(operation, parameters)
    [request] = caught
    parts = urlsplit(request.url)
    body = request.body or b""
    return Message(
        method=request.method,
        path=parts.path or "/",
        query=parts.query,
        headers={**{str(key).lower(): _text(value) for key, value in request.headers.items()}, "host": parts.netloc},
        body=body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else body.read(),
    )


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
