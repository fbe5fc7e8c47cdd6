"""Who asks, and the scope of everything done for them."""

from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from codekeep_runtime.core.reader import Reader, Scope
from codekeep_runtime.gateway.errors import Unavailable
from codekeep_runtime.gateway.services import Recorder, Served, Services
from codekeep_runtime.telemetry import emit


@dataclass(frozen=True, kw_only=True)
class Caller(Recorder):
    """One request of one reader."""

    services: Services

    def is_still_allowed(self) -> bool:
        """Blocks for a moment: files may be read."""
        return self.services.access.still(self.reader, self.scope)

    async def audit(self, served: Served) -> None:
        """
        Raises:
            Unavailable: the record cannot be written; nothing may leave then.
        """
        try:
            await run_in_threadpool(self.services.audit, served)
        except Exception as error:  # a store's or a disk's; without a record there is no answer
            emit("audit-not-written", component="gateway", level="error", error_kind=type(error).__name__)
            raise Unavailable from None


async def caller_of(request: Request) -> Caller:
    """
    Raises:
        AccessFault: not signed in.
        TooMany: over the reader's requests a minute.
    """
    services: Services = request.app.state.services
    authorization = request.headers.get("authorization")
    reader, scope = await run_in_threadpool(partial(_signed_in, services, authorization))
    services.limits.take(reader.id)
    return Caller(services=services, reader=reader, scope=scope, request_id=request.state.request_id)


def _signed_in(services: Services, authorization: str | None) -> tuple[Reader, Scope]:
    reader = services.identity.reader(authorization)
    return reader, services.access.scope(reader)
