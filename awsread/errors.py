"""Which of AWS's errors say that a resource is gone."""

from collections.abc import Callable
from typing import Any

NOT_FOUND = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")


class UnknownTypeError(LookupError):
    """A type token that the official provider does not have."""


def code_of(error: Exception) -> str:
    """AWS's error code, as `ResourceNotFoundException`; empty where the error is not AWS's."""
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


def is_gone(error: Exception) -> bool:
    """Whether AWS says that what a call asked for does not exist."""
    return any(word in code_of(error) for word in NOT_FOUND)


def or_none(call: Callable[..., Any], **parameters: Any) -> Any:
    """The call's answer, or None where AWS says that the thing does not exist."""
    try:
        return call(**parameters)
    except Exception as error:
        if is_gone(error):
            return None
        raise
