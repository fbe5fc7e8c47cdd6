"""Composes the services that read and ingest from a platform: opened when first needed, closed together."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

from codekeep_runtime.access.laptop import OWNER
from codekeep_runtime.core import Reader, RepositoryId
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.gateway.limits import Limits
from codekeep_runtime.gateway.page import page_routes
from codekeep_runtime.gateway.services import Access, Identity, Services
from codekeep_runtime.index.interface import Index
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.ingest import Ingest, Options, pipeline_version
from codekeep_runtime.ingest.manifest import Manifest
from codekeep_runtime.ingest.progress import Progress, ignore_progress
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.outbox import Outbox
from codekeep_runtime.platform.port import Platform
from codekeep_runtime.products.chat.chat import Chat
from codekeep_runtime.retrieval.retriever import Retriever
from codekeep_runtime.symbols.graph import SymbolGraph

DEFAULTS = Options()
LAPTOP_LIMITS = Limits(requests_per_minute=600, tokens_per_day=50_000_000)


class Runtime(AbstractContextManager["Runtime"]):
    """
    Args:
        reader: whom commands read as, and whom `serve` on a laptop signs in.
        role: names the audit chain.
    """

    def __init__(self, platform: Platform, reader: Reader = OWNER, role: str = "cli") -> None:
        self.platform, self.reader, self._role = platform, reader, role
        self._open = ExitStack()

    def __exit__(self, *error: object) -> None:
        self._open.close()

    @cached_property
    def embedder(self) -> Embedder:
        return self.platform.embedder()

    @cached_property
    def index(self) -> Index:
        index = self.platform.index(self.embedder)
        self._open.callback(index.close)
        return index

    @cached_property
    def retriever(self) -> Retriever:
        return Retriever(self.index, self.embedder, self.platform.reranker())

    @cached_property
    def symbols(self) -> SymbolGraph:
        return SymbolGraph(self.index)

    @cached_property
    def access(self) -> Access:
        return self.platform.access(self.indexed, self.reader)

    @cached_property
    def identity(self) -> Identity:
        return self.platform.identity(self.reader)

    @cached_property
    def chat(self) -> Chat:
        settings = self.platform.context.settings
        gitlab = [link.host for link in settings.git_links if link.kind == "gitlab"] if settings else []
        return Chat(self.retriever, self.index, self.platform.chat_engines(), gitlab_hosts=gitlab)

    @cached_property
    def services(self) -> Services:
        """Used by the gateway and by commands, so that there is one way to audit."""
        from codekeep_runtime.telemetry.metrics import prometheus_text

        log, prompts = self._open.enter_context(self.platform.audit_log(self._role)), self.platform.prompts()
        return Services(
            identity=self.identity,
            access=self.access,
            retriever=self.retriever,
            symbols=self.symbols,
            chat=self.chat,
            audit=log.record,
            limits=self._limits(),
            ready=self._ready,
            routes=self.platform.routes(),
            remember=(lambda reader_id, question: prompts.store(reader_id, question, datetime.now(UTC)))
            if prompts
            else None,
            metrics=prometheus_text,
            page=[*page_routes(self.index), *self.platform.gateway_routes()],
        )

    def indexed(self) -> Iterable[RepositoryId]:
        return {branch.repository for branch in self.index.branches()}

    def ingest(
        self,
        sources: Sequence[Source],
        progress: Progress = ignore_progress,
        options: Options = DEFAULTS,
        *,
        allow_purged: bool = False,
    ) -> Manifest:
        """Ingests repositories. What was purged fails, here or at a keep's indexer; the others are ingested.

        Raises:
            BusyFault: another ingest uses this data folder.
            UsageFault: `allow_purged` in a keep, whose ingest does not reach the tombstones.
        """
        admitted, refused = self.platform.admissible_sources(sources, allow_purged=allow_purged)
        folder, outbox = self.platform.context.folder("ingest"), self.platform.outbox
        if outbox is None:
            ingest = Ingest(self.index, Embedding(self.index, self.embedder), folder, options)
        else:
            writer = Outbox(outbox, pipeline_version(options.policy))
            ingest = Ingest(writer, None, folder, replace(options, trusts_index=True))
        manifest = ingest.run(admitted, progress)
        manifest.failures.extend(refused)
        return manifest

    def _limits(self) -> Limits:
        settings = self.platform.context.settings
        if settings is None:
            return LAPTOP_LIMITS
        return Limits(
            requests_per_minute=settings.caps.requests_per_minute_per_user,
            tokens_per_day=settings.caps.tokens_per_day_per_user,
        )

    def _ready(self) -> Mapping[str, bool]:
        """Whether the index answers. The engine gets no request before the first question."""
        try:
            self.index.branches()
        except Exception:  # any error of a store means not ready
            return {"index": False}
        return {"index": True}
