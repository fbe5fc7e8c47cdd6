"""The services that the gateway depends on; it builds none of them itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from codekeep_contracts.audit import AuditRecord
from starlette.routing import BaseRoute

from codekeep_runtime.core import Reader, Scope
from codekeep_runtime.gateway.limits import Limits
from codekeep_runtime.models.routes import Routes
from codekeep_runtime.products.chat.chat import Chat
from codekeep_runtime.retrieval.found_chunk import ChunkSearch
from codekeep_runtime.symbols.graph import SymbolGraph


class Identity(Protocol):
    def reader(self, authorization: str | None) -> Reader:
        """
        Raises:
            AccessFault: not signed in.
        """
        ...


class Access(Protocol):
    def scope(self, reader: Reader) -> Scope: ...

    def still_allows(self, reader: Reader, scope: Scope) -> bool:
        """Whether the reader may still see all of the scope. Blocks for a moment."""
        ...


@dataclass(frozen=True, kw_only=True)
class Services:
    """
    Args:
        audit: writes one record durably, or raises: then nothing is answered. Blocks.
        ready: whether index and engine can answer now, by name. Blocks.
        routes: which model answers which product.
        remember: stores a reader's question where the settings opt in; if it raises, the answer goes on without.
        metrics: the Prometheus text, None where this app does not serve it.
        page: routes of the web page at `/`.
        heartbeat_seconds: of silence in a stream before a comment is sent.
        recheck_seconds: between two checks of the reader's access in a silent stream.
    """

    identity: Identity
    access: Access
    retriever: ChunkSearch
    symbols: SymbolGraph
    chat: Chat
    audit: Callable[[AuditRecord], None]
    limits: Limits
    ready: Callable[[], Mapping[str, bool]]
    routes: Routes
    remember: Callable[[str, str], None] | None = None
    metrics: Callable[[], bytes] | None = None
    page: Sequence[BaseRoute] = ()
    heartbeat_seconds: float = 10.0
    recheck_seconds: float = 1.0
