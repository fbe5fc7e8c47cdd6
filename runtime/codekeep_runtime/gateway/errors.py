"""Answers that refuse, in OpenAI's shape. None repeats what was asked or what an exception said."""

from collections.abc import Mapping

from codekeep_contracts.faults import AccessFault, UsageFault
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from codekeep_runtime.gateway.limits import TooMany

_SAID: Mapping[int, tuple[str, str]] = {
    400: ("invalid_request_error", "the request is not what this route takes; see the API reference"),
    401: ("authentication_error", "sign-in is needed"),
    403: ("permission_error", "not permitted"),
    404: ("invalid_request_error", "no such route"),
    405: ("invalid_request_error", "no such method"),
    413: ("invalid_request_error", "the request is too large"),
    429: ("rate_limit_error", "too many requests or tokens; try again later"),
    500: ("server_error", "this failed; the request id leads to its record"),
    503: ("server_error", "not available now; try again later"),
}


class Unavailable(Exception):  # noqa: N818 - a state, not an error of the caller's
    """What is needed to answer cannot be had now: 503."""


def refusal(status: int, *, field: str | None = None, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """
    Args:
        field: the name in the request's schema that is wrong, never a value.
    """
    kind, message = _SAID[status]
    body = {"error": {"message": message, "type": kind, "param": field, "code": None}}
    return JSONResponse(body, status, headers=headers)


async def not_signed_in(_: Request, __: Exception) -> Response:
    return refusal(401, headers={"www-authenticate": "Bearer"})


async def wrong_request(_: Request, error: Exception) -> Response:
    return refusal(400, field=getattr(error, "field", None))


async def too_many(_: Request, error: Exception) -> Response:
    return refusal(429, headers={"retry-after": str(getattr(error, "seconds", 60))})


async def unavailable(_: Request, __: Exception) -> Response:
    return refusal(503)


async def http_error(_: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    return refusal(status if status in _SAID else 400)


HANDLERS = {
    AccessFault: not_signed_in,
    UsageFault: wrong_request,
    TooMany: too_many,
    Unavailable: unavailable,
}
