"""The laptop's platform; with a keep's settings it serves under the keep's access rules, caps and logging."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from codekeep_contracts.faults import AccessFault, UsageFault

from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.access.laptop import OWNER, LaptopAccess, LaptopIdentity
from codekeep_runtime.audit import AuditLog, Report, verify
from codekeep_runtime.audit.signer import FileSigner
from codekeep_runtime.core import Reader, RepositoryId
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.embed.static import StaticEmbedder
from codekeep_runtime.gateway.services import Access
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.manifest import Failure
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.models.routes import Route, Routes
from codekeep_runtime.platform.aws.snapshots import Location
from codekeep_runtime.platform.context import RuntimeContext
from codekeep_runtime.platform.port import Platform
from codekeep_runtime.products.chat.extractive import NAME, ExtractiveEngine
from codekeep_runtime.prompts.store import PromptStore
from codekeep_runtime.prompts.wrapping import FileWrapping
from codekeep_runtime.purge.targets import PurgeTarget, folder_target
from codekeep_runtime.telemetry import metrics
from codekeep_runtime.telemetry.log import Level

if TYPE_CHECKING:  # HTTP clients and servers load when they are used
    from starlette.applications import Starlette

    from codekeep_runtime.access.sync import SyncResult
    from codekeep_runtime.gateway.server import Certificate, Server

PORT = 8710


class LaptopPlatform(Platform):
    """The laptop's platform (see port.Platform)."""

    log_level: Level | None = "error"
    outbox = None

    def __init__(self, context: RuntimeContext) -> None:
        self.context = context

    def embedder(self) -> StaticEmbedder:
        return StaticEmbedder()

    def indexer_embedder(self, ray: str | None) -> StaticEmbedder:
        del ray
        return StaticEmbedder()

    def index(self, embedder: Embedder) -> EmbeddedIndex:
        folder = self.context.folder("index")
        return EmbeddedIndex.open(folder, self.context.tenant, embedder.version, embedder.dimension)

    def documents(self, folder: str) -> FolderDocuments:
        return FolderDocuments(self.context.folder(folder))

    def prompts(self) -> PromptStore | None:
        """Deletes expired prompts with each start."""
        settings = self.context.settings
        if settings is None or not settings.prompt_storage.enabled:
            return None
        wrapping = FileWrapping(self.context.folder("keys") / "prompts.key")
        store = PromptStore(self.context.folder("prompts"), settings.prompt_storage, wrapping)
        store.expire(datetime.now(UTC))
        return store if store.is_on else None

    def routes(self) -> Routes:
        return Routes([Route(product="chat", model=NAME, role="chat")])

    def chat_engines(self) -> Mapping[str, ExtractiveEngine]:
        return {NAME: ExtractiveEngine()}

    def reranker(self) -> None:
        return None

    def owner(self) -> Reader:
        return OWNER

    def access(self, indexed: Callable[[], Iterable[RepositoryId]], reader: Reader) -> Access:
        """The owner can read the data folder's files anyway and sees everything; others need grants."""
        if self.context.settings is None:
            return LaptopAccess(self.context.tenant, indexed, self.context.readers_file)
        if reader == self.owner():
            return LaptopAccess(self.context.tenant, indexed)
        permissions = self.permissions
        return self.granted_access(indexed, permissions if permissions.exists() else None)

    def identity(self, reader: Reader) -> LaptopIdentity:
        return LaptopIdentity(reader)

    def signer(self) -> FileSigner:
        """The key is apart from the records that it signs, since whoever may read it may sign."""
        return FileSigner(self.context.folder("keys") / "audit.pem")

    def audit_log(self, role: str) -> AuditLog:
        return AuditLog(self.context.folder("audit"), self.context.folder("audit-heads"), self.signer(), name=role)

    def verify_audit(self, copy: Path | None, public_key: Path | None) -> Report:
        if copy is not None or public_key is not None:
            raise UsageFault("--copy and --public-key are of a keep: give its --settings, without --embedded")
        return verify(self.context.folder("audit"), self.context.folder("audit-heads"), self.signer())

    def admissible_sources(
        self, sources: Sequence[Source], *, allow_purged: bool
    ) -> tuple[Sequence[Source], list[Failure]]:
        admitted: list[Source] = []
        refused: list[Failure] = []
        tombstones = self.tombstones
        for source in sources:
            repository = source.repository
            if allow_purged:
                tombstones.allow(repository)
            try:
                tombstones.check(repository)
                admitted.append(source)
            except AccessFault as fault:
                message = f"{fault}: --allow-purged"
                refused.append(Failure(repository.key, repository.id, type(fault).__name__, message))
        return admitted, refused

    def sync_permissions(self, indexed: Callable[[], Iterable[RepositoryId]]) -> "SyncResult":
        return self.services.sync_permissions(self.permissions, indexed())

    def prompt_targets(self, readers: Mapping[str, str]) -> list[PurgeTarget]:
        return [folder_target(name, self.context.folder("prompts") / id_) for name, id_ in readers.items()]

    def snapshots(self, location: Location) -> NoReturn:
        folder = self.context.data / self.context.tenant
        raise UsageFault(
            f"only a keep's index has snapshots: give --settings. To copy a laptop's data, stop what runs on "
            f"{str(folder)!r} and copy that folder, or index again with ingest"
        )

    def server(self, app: "Starlette", host: str, port: int | None, certificate: "Certificate | None") -> "Server":
        from codekeep_runtime.gateway.server import server

        metrics.start()
        return server(app, host, PORT if port is None else port, certificate)

    def gateway_routes(self) -> tuple[()]:
        return ()
