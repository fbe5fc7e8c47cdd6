"""Error responses in OpenAI's format. None repeats text of the request; of exceptions, only the
names of the models where a request names none of them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from codekeep_contracts.faults import AccessFault, Fault, UsageFault
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from codekeep_runtime.gateway.limits import TooManyRequestsFault
from codekeep_runtime.models.faults import UnknownModelFault

_KINDS_AND_MESSAGES: Mapping[int, tuple[str, str]] = {
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


class UnavailableFault(Fault):
    """A part that is needed to answer is not available now."""


def error_response(
    status: int,
    *,
    field: str | None = None,
    code: str | None = None,
    message: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """
    Args:
        field: the name in the request's schema that is wrong, never a value.
        code: OpenAI's, where it has one.
        message: in place of the status' own.
    """
    kind, default = _KINDS_AND_MESSAGES[status]
    error = {"message": message or default, "type": kind, "param": field, "code": code}
    return JSONResponse({"error": error}, status, headers=headers)


def _as_handler(refused: Callable[[Any], Response]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(_: Request, error: Exception) -> Response:
        return refused(error)

    return handle


def _http_status(error: HTTPException) -> int:
    return error.status_code if error.status_code in _KINDS_AND_MESSAGES else 400


HANDLERS = {
    AccessFault: _as_handler(lambda _: error_response(401, headers={"www-authenticate": "Bearer"})),
    UsageFault: _as_handler(lambda error: error_response(400, field=getattr(error, "field", None))),
    UnknownModelFault: _as_handler(
        lambda error: error_response(404, field="model", code="model_not_found", message=str(error))
    ),
    TooManyRequestsFault: _as_handler(lambda error: error_response(429, headers={"retry-after": str(error.seconds)})),
    UnavailableFault: _as_handler(lambda _: error_response(503)),
    HTTPException: _as_handler(lambda error: error_response(_http_status(error))),
}
