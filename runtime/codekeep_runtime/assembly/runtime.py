"""Everything that reads: built once from a place, opened when first needed, closed together."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from starlette.routing import BaseRoute

from codekeep_runtime.access.laptop import OWNER
from codekeep_runtime.assembly.readers import access_of, identity_of
from codekeep_runtime.assembly.record import open_audit, prompts_of, rememberer
from codekeep_runtime.assembly.stores import open_embedder, open_index, open_outbox
from codekeep_runtime.core.reader import Reader, Scope
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.gateway.limits import Limits
from codekeep_runtime.gateway.page import page_routes
from codekeep_runtime.gateway.services import Access, Identity, Services
from codekeep_runtime.index.interface import Index
from codekeep_runtime.models.routes import Route, Routes
from codekeep_runtime.place import Place
from codekeep_runtime.products.chat.chat import Chat
from codekeep_runtime.products.chat.engine import ChatEngine
from codekeep_runtime.products.chat.extractive import NAME, ExtractiveEngine
from codekeep_runtime.retrieval.retriever import Retriever
from codekeep_runtime.symbols.graph import SymbolGraph

if TYPE_CHECKING:
    from codekeep_runtime.models.served import ServedModels

LAPTOP_LIMITS = Limits(requests_per_minute=600, tokens_per_day=50_000_000)


class Runtime:
    """A context manager.

    Args:
        reader: whom commands read as, and whom `serve` on a laptop signs in.
        role: the audit chain's name.
        writes: opens the index for writing.
    """

    def __init__(self, place: Place, reader: Reader = OWNER, role: str = "cli", *, writes: bool = False) -> None:
        self.place, self.reader, self._role, self._writes = place, reader, role, writes
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    @cached_property
    def models(self) -> "ServedModels | None":
        """None without a keep: nothing is served then."""
        if self.place.keep is None:
            return None
        from codekeep_runtime.models.served import ServedModels

        return ServedModels(self.place.keep, "gateway")

    @cached_property
    def embedder(self) -> Embedder:
        return open_embedder(self.place, self.models)

    @cached_property
    def index(self) -> Index:
        index = open_index(self.place, self.embedder, writes=self._writes)
        self._open.callback(index.close)
        return index

    @cached_property
    def writer(self) -> Index:
        """What ingest writes to: in a keep the outbox, as its pods do not reach the index."""
        return self.index if self.place.embedded else open_outbox(self.place)

    @cached_property
    def retriever(self) -> Retriever:
        return Retriever(self.index, self.embedder, self.models.reranker() if self.models else None)

    @cached_property
    def symbols(self) -> SymbolGraph:
        return SymbolGraph(self.index)

    @cached_property
    def access(self) -> Access:
        return access_of(self.place, self.indexed, self.reader)

    @cached_property
    def chat(self) -> Chat:
        links = self.place.settings.git_links if self.place.settings else ()
        gitlab = [link.host for link in links if link.kind == "gitlab"]
        return Chat(self.retriever, self.index, self._engines(), gitlab_hosts=gitlab)

    @cached_property
    def services(self) -> Services:
        """What the gateway needs, and what commands go through as well: one way to audit."""
        from codekeep_runtime.telemetry.metrics import text

        log = self._open.enter_context(open_audit(self.place, self._role))
        prompts = prompts_of(self.place)
        return Services(
            identity=self.identity,
            access=self.access,
            retriever=self.retriever,
            symbols=self.symbols,
            chat=self.chat,
            audit=log.record,
            limits=self._limits(),
            ready=self._ready,
            routes=self._routes(),
            remember=rememberer(prompts) if prompts else None,
            metrics=text,
            page=[*page_routes(self.index), *self._hooks()],
        )

    @cached_property
    def identity(self) -> Identity:
        return identity_of(self.place, self.reader)

    def indexed(self) -> Iterable[RepositoryId]:
        return {branch.repository for branch in self.index.branches()}

    def _engines(self) -> Mapping[str, ChatEngine]:
        return self.models.chat() if self.models else {NAME: ExtractiveEngine()}

    def _routes(self) -> Routes:
        if self.place.keep is None:
            return Routes([Route(product="chat", model=NAME, role="chat")])
        return Routes.of_models(self.place.keep.models)

    def _hooks(self) -> Sequence[BaseRoute]:
        """Of a keep, whose gateway is all that the entry leads to."""
        if self.place.embedded:
            return ()
        from codekeep_runtime.webhook.forward import forwarding

        return (forwarding(),)

    def _limits(self) -> Limits:
        if self.place.settings is None:
            return LAPTOP_LIMITS
        caps = self.place.settings.caps
        return Limits(
            requests_per_minute=caps.requests_per_minute_per_user, tokens_per_day=caps.tokens_per_day_per_user
        )

    def _ready(self) -> dict[str, bool]:
        """Whether the index answers; the engine is asked by its first question."""
        try:
            self.index.branches()
        except Exception:  # whatever a store throws: not ready
            return {"index": False}
        return {"index": True}


def readable(scope: Scope, asked: Sequence[str]) -> frozenset[RepositoryId] | None:
    """Repositories that `--repo` names, by a whole key or by the end of one; None for no wish.

    A name that matches nothing the reader may see narrows to nothing, as one that is not there does.
    """
    if not asked:
        return None
    ends = tuple(f"/{name.casefold()}" for name in asked)
    return frozenset(each for each in scope.repositories if f"/{each.key.casefold()}".endswith(ends))
