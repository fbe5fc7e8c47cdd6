"""The call log: which AWS operations were called for which resource. Names only, no bodies."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

CALL_LOG_VARIABLE = "CODEKEEP_SANDBOX_CALL_LOG"

current_urn: ContextVar[str] = ContextVar("current_urn", default="")
"""URN of the resource that the running thread works on."""

_looking: ContextVar[bool] = ContextVar("looking", default=False)


@contextmanager
def not_logged() -> Iterator[None]:
    """Calls of this thread are the stand-in's own look-ups, not the provider's: the log leaves them out."""
    token = _looking.set(True)
    try:
        yield
    finally:
        _looking.reset(token)


def is_look_up() -> bool:
    """Whether this thread's calls are the stand-in's own."""
    return _looking.get()


def log_call(service: str, operation: str, region: str, account_id: str) -> None:
    """Appends one JSON line where the variable names a file. One write, so that parallel calls do not mix."""
    target = os.environ.get(CALL_LOG_VARIABLE)
    if not target or _looking.get():
        return
    line = json.dumps(
        {
            "service": service,
            "operation": operation,
            "region": region,
            "account": account_id,
            "urn": current_urn.get(),
        }
    )
    with Path(target).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
