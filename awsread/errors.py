"""Recognises AWS's errors about resources that do not exist."""

from collections.abc import Callable
from typing import Any

NOT_FOUND = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")


class UnknownTypeError(LookupError):
    """A type token that the official provider does not have."""


def code_of(error: Exception) -> str:
    """AWS's error code such as `ResourceNotFoundException`; empty for other errors."""
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


def is_gone(error: Exception) -> bool:
    """Whether the error means that the resource does not exist. S3 answers HEAD without a body: its code is 404."""
    code = code_of(error)
    return code == "404" or any(word in code for word in NOT_FOUND)


def or_none(call: Callable[..., Any], **parameters: Any) -> Any:
    """The call's answer, None if the resource does not exist."""
    try:
        return call(**parameters)
    except Exception as error:
        if is_gone(error):
            return None
        raise
