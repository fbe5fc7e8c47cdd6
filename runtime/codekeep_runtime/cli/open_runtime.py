"""Opens the runtime for a command, and records what the command shows."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codekeep_runtime.core import Reader, Scope
    from codekeep_runtime.gateway.reader_request import ReaderRequest
    from codekeep_runtime.platform.port import Platform
    from codekeep_runtime.platform.runtime import Runtime


@contextmanager
def open_runtime(platform: "Platform", reader: "Reader | None" = None, role: str = "cli") -> "Iterator[Runtime]":
    """
    Args:
        reader: None for a command that shows no code.
    """
    from codekeep_runtime import telemetry
    from codekeep_runtime.access.laptop import OWNER
    from codekeep_runtime.platform.runtime import Runtime

    telemetry.setup(platform.context.settings, minimum_level=platform.log_level)
    with Runtime(platform, reader or OWNER, role) as runtime:
        yield runtime


@contextmanager
def open_runtime_as(platform: "Platform", user: str | None, teams: Sequence[str]) -> "Iterator[tuple[Runtime, Scope]]":
    """Opens the runtime for a command that shows code, and returns it with what the reader may see.

    Raises:
        UsageFault: an unknown team, teams without a user, or no user in a keep.
    """
    from codekeep_runtime.platform.readers import reader_of

    with open_runtime(platform, reader_of(platform, user, teams)) as runtime:
        yield runtime, runtime.access.scope(runtime.reader)


def reader_request(runtime: "Runtime", scope: "Scope") -> "ReaderRequest":
    """Makes the audit records of one command; `runtime.services.audit` writes them before anything is shown."""
    from codekeep_runtime.gateway.reader_request import ReaderRequest

    request_id = f"cli-{secrets.token_hex(8)}"
    return ReaderRequest(services=runtime.services, reader=runtime.reader, scope=scope, request_id=request_id)
