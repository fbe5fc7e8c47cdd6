"""What every command does first, and how what it shows is recorded."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.assembly.runtime import Runtime
    from codekeep_runtime.core.reader import Scope
    from codekeep_runtime.gateway.reader_request import ReaderRequest


@contextmanager
def opened(
    place: Place, user: str | None = None, teams: Sequence[str] = (), *, role: str = "cli", writes: bool = False
) -> "Iterator[Runtime]":
    """
    Raises:
        UsageFault: a team that is none of the settings'.
    """
    from codekeep_runtime import telemetry
    from codekeep_runtime.assembly.readers import reader_of
    from codekeep_runtime.assembly.runtime import Runtime

    telemetry.setup(place.settings, least="error" if place.embedded else None)
    with Runtime(place, reader_of(place, user, teams), role, writes=writes) as runtime:
        yield runtime


def reader_request(runtime: "Runtime", scope: "Scope") -> "ReaderRequest":
    """One command's access to code: `runtime.services.audit` takes its records, before anything is shown."""
    from codekeep_runtime.gateway.reader_request import ReaderRequest

    request_id = f"cli-{secrets.token_hex(8)}"
    return ReaderRequest(services=runtime.services, reader=runtime.reader, scope=scope, request_id=request_id)
