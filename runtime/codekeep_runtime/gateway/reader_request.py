"""The first steps of every route: identify the reader, find their scope, take from their limit, audit."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from codekeep_contracts.audit import AuditRecord, Purpose, Verdict
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from codekeep_runtime.core import Chunk, Reader, RepositoryId, Scope
from codekeep_runtime.gateway.errors import UnavailableFault
from codekeep_runtime.gateway.services import Services
from codekeep_runtime.telemetry import emit


@dataclass(frozen=True, kw_only=True)
class ReaderRequest:
    """One request of one reader, and what they may see."""

    services: Services
    reader: Reader
    scope: Scope
    request_id: str
    started: float = field(default_factory=time.perf_counter)

    def is_still_allowed(self) -> bool:
        """Blocks for a moment: files may be read."""
        return self.services.access.still_allows(self.reader, self.scope)

    def record(
        self,
        purpose: Purpose,
        verdict: Verdict = Verdict.SERVED,
        *,
        chunks: Iterable[Chunk] = (),
        repositories: Iterable[RepositoryId] = (),
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
    ) -> AuditRecord:
        """
        Args:
            chunks: whose text the reader gets.
            repositories: those of which the reader gets something other than chunks.
        """
        chunks = tuple(chunks)
        repository_ids = {each.id for each in repositories} | {chunk.branch.repository.id for chunk in chunks}
        return AuditRecord(
            time=datetime.now(UTC),
            reader_id=self.reader.id,
            team=self.scope.team,
            purpose=purpose,
            verdict=verdict,
            request_id=self.request_id,
            repository_ids=tuple(sorted(repository_ids)),
            commits=tuple(sorted({chunk.commit for chunk in chunks})),
            chunk_ids=tuple(chunk.id for chunk in chunks),
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            duration_ms=round((time.perf_counter() - self.started) * 1000, 1),
        )

    async def audit(self, record: AuditRecord) -> None:
        """
        Raises:
            UnavailableFault: the record cannot be written; nothing may leave then.
        """
        try:
            await run_in_threadpool(self.services.audit, record)
        except Exception as error:  # a store's or a disk's; without a record there is no answer
            emit("audit-not-written", component="gateway", level="error", error_kind=type(error).__name__)
            raise UnavailableFault("the audit record cannot be written, so nothing is answered") from None


async def admit_request(http: Request) -> ReaderRequest:
    """
    Raises:
        AccessFault: not signed in.
        TooManyRequestsFault: over the reader's requests a minute.
    """
    services: Services = http.app.state.services

    def identified() -> tuple[Reader, Scope]:
        reader = services.identity.reader(http.headers.get("authorization"))
        return reader, services.access.scope(reader)

    reader, scope = await run_in_threadpool(identified)
    services.limits.take(reader.id)
    return ReaderRequest(services=services, reader=reader, scope=scope, request_id=http.state.request_id)
