"""Errors of the stand-in, and how those of AWS are read."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from sandbox.plugin import PluginFault

GONE_SUFFIXES = (
    ".NotFound",
    "NotFound",
    "NotFoundException",
    "NotFoundError",
    "DoesNotExist",
    "DoesNotExistException",
    "NotFoundFault",
)
GONE_PREFIXES = ("NoSuch", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "NonExistent")
RETRYABLE = frozenset(
    {
        "DependencyViolation",
        "DeleteConflict",
        "ResourceInUse",
        "ResourceInUseException",
        "ConcurrentModificationException",
        "ConflictException",
        "OperationAbortedException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""What the official provider waits out: the other side is not ready yet, the call itself is right."""


class StandInError(PluginFault):
    """Something the user can mend: said without a traceback."""


class UnknownTypeError(StandInError):
    """A type token that the official provider or the stand-in does not have."""


class UnsafeEndpointError(StandInError):
    """An endpoint beyond the loopback interface."""


class InvalidParameterError(StandInError):
    """A value AWS would refuse, found before the call."""


def code_of(error: ClientError) -> str:
    """AWS error code, as `ResourceNotFoundException`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_gone(error: ClientError) -> bool:
    """Whether AWS says that the thing asked for does not exist."""
    code = code_of(error)
    return code == "404" or code.endswith(GONE_SUFFIXES) or code.startswith(GONE_PREFIXES)


def or_none(call: Callable[..., Any], **parameters: Any) -> Any:
    """The call's result, or None where AWS says that the thing does not exist."""
    try:
        return call(**parameters)
    except ClientError as error:
        if is_gone(error):
            return None
        raise


def describe(error: Exception) -> str:
    """One line that names operation and code."""
    if isinstance(error, ClientError):
        message = error.response.get("Error", {}).get("Message", "")
        return f"{error.operation_name}: {code_of(error)}: {message}"
    return str(error) or type(error).__name__
