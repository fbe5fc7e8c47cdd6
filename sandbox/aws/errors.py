"""Errors of the stand-in, and descriptions of those of AWS."""

from botocore.exceptions import ClientError

from awsread.errors import code_of
from sandbox.plugin import PluginFault

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
    """Something the user can correct: shown without a traceback."""


class UnknownTypeError(StandInError):
    """A type token that the official provider or the stand-in does not have."""


class UnsafeEndpointError(StandInError):
    """An endpoint beyond the loopback interface."""


class InvalidParameterError(StandInError):
    """A value that AWS would refuse, found before the call."""


def describe(error: Exception) -> str:
    """One line that names operation and code."""
    if isinstance(error, ClientError):
        message = error.response.get("Error", {}).get("Message", "")
        return f"{error.operation_name}: {code_of(error)}: {message}"
    return str(error) or type(error).__name__
