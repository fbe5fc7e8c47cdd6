"""What the gateway is given; it builds nothing itself."""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from starlette.routing import BaseRoute

from codekeep_runtime.core.answer import AnswerEvent
from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.reader import Reader, Scope
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.gateway.limits import Limits
from codekeep_runtime.index.interface import FoundDefinition, FoundReference, Narrowing

Purpose = Literal["search", "symbols", "chat"]


class Identity(Protocol):
    def reader(self, authorization: str | None) -> Reader:
        """
        Raises:
            AccessFault: not signed in.
        """
        ...


class Access(Protocol):
    def scope(self, reader: Reader) -> Scope: ...

    def still(self, reader: Reader, scope: Scope) -> bool: ...


class Found(Protocol):
    @property
    def chunk(self) -> Chunk: ...

    @property
    def score(self) -> float: ...


class Retriever(Protocol):
    def search(self, scope: Scope, text: str, k: int, narrowing: Narrowing) -> Sequence[Found]: ...


class Symbols(Protocol):
    def definitions(self, scope: Scope, name: str) -> Sequence[FoundDefinition]: ...

    def references(self, scope: Scope, name: str) -> Sequence[FoundReference]: ...

    def callers(self, scope: Scope, name: str) -> Sequence[FoundReference]: ...


class Chat(Protocol):
    def answer(
        self, scope: Scope, messages: Sequence[Mapping[str, str]], still_allowed: Callable[[], bool]
    ) -> AsyncIterator[AnswerEvent]:
        """`messages` have `role` and `content`; `still_allowed` may block for a moment."""
        ...


@dataclass(frozen=True, kw_only=True)
class Served:
    """What an audit record says of one access to code context: identifiers and counts, no text."""

    request_id: str
    reader_id: str
    team: str
    purpose: Purpose
    verdict: str  # "served" before anything leaves; a chat has a second: answered, unsupported, revoked or failed
    repository_ids: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    chunk_ids: tuple[str, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    duration_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Recorder:
    """Says of one access, each time with how long it has taken, what an audit record needs."""

    request_id: str
    reader: Reader
    scope: Scope
    started: float = field(default_factory=time.perf_counter)

    def served(
        self,
        purpose: Purpose,
        verdict: str,
        *,
        repositories: Iterable[RepositoryId] = (),
        commits: tuple[str, ...] = (),
        chunk_ids: tuple[str, ...] = (),
        prompt_tokens: int = 0,
        completion_tokens: int = 0,
    ) -> Served:
        return Served(
            request_id=self.request_id,
            reader_id=self.reader.id,
            team=self.scope.team,
            purpose=purpose,
            verdict=verdict,
            repository_ids=tuple(sorted({each.id for each in repositories})),
            commits=commits,
            chunk_ids=chunk_ids,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            duration_ms=round((time.perf_counter() - self.started) * 1000, 1),
        )

    def served_chunks(self, purpose: Purpose, chunks: Iterable[Chunk]) -> Served:
        """Before they leave."""
        found = tuple(chunks)
        return self.served(
            purpose,
            "served",
            repositories=(chunk.branch.repository for chunk in found),
            commits=tuple(sorted({chunk.commit for chunk in found})),
            chunk_ids=tuple(chunk.id for chunk in found),
        )


@dataclass(frozen=True, kw_only=True)
class Services:
    """
    Args:
        audit: writes one record durably, or raises: then nothing is answered. Blocks.
        ready: whether index and engine can answer now, by name. Blocks.
        metrics: the Prometheus text, None where this app does not serve it. It never says anything per repository.
        models: names that /v1/models lists.
        remember: keeps a reader's question where the settings opt in; what it raises costs the question, no answer.
        page: routes of the web page at `/`.
    """

    identity: Identity
    access: Access
    retriever: Retriever
    symbols: Symbols
    chat: Chat
    audit: Callable[[Served], None]
    limits: Limits
    ready: Callable[[], Mapping[str, bool]]
    models: tuple[str, ...]
    remember: Callable[[str, str], None] | None = None
    metrics: Callable[[], bytes] | None = None
    page: Sequence[BaseRoute] = field(default=())
    heartbeat_seconds: float = 10.0
    recheck_seconds: float = 1.0  # of a reader's permission in the middle of a stream
