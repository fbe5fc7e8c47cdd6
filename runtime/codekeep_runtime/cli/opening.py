"""What every command does first, and how what it shows is recorded."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.assembly.runtime import Runtime
    from codekeep_runtime.core.reader import Scope
    from codekeep_runtime.gateway.services import Recorder


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


def recorder(runtime: "Runtime", scope: "Scope") -> "Recorder":
    """Of one command's access to code: `runtime.services.audit` takes what it says, before anything is shown."""
    from codekeep_runtime.gateway.services import Recorder

    return Recorder(request_id=f"cli-{secrets.token_hex(8)}", reader=runtime.reader, scope=scope)
