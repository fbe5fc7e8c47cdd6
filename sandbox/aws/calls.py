"""The call log: which AWS operations were called for which resource. Names only, no bodies."""

import json
import os
from contextvars import ContextVar
from pathlib import Path

CALL_LOG_VARIABLE = "CODEKEEP_SANDBOX_CALL_LOG"

current_urn: ContextVar[str] = ContextVar("current_urn", default="")
"""URN of the resource that the running thread works on."""


def log_call(service: str, operation: str, region: str, account_id: str) -> None:
    """Appends one JSON line where the variable names a file. One write, so that parallel calls do not mix."""
    target = os.environ.get(CALL_LOG_VARIABLE)
    if not target:
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
