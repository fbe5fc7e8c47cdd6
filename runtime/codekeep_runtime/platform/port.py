"""The interface of a platform, through which the runtime opens its stores, models and services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from starlette.applications import Starlette
    from starlette.routing import BaseRoute

    from codekeep_runtime.access.accounts import ServiceAccounts
    from codekeep_runtime.access.documents import Documents
    from codekeep_runtime.access.permissions import PermissionStore
    from codekeep_runtime.access.sync import SyncResult
    from codekeep_runtime.audit import AuditLog, Report
    from codekeep_runtime.audit.signer import Signer
    from codekeep_runtime.core import Reader, RepositoryId
    from codekeep_runtime.embed.embedder import Embedder
    from codekeep_runtime.gateway.server import Certificate, Server
    from codekeep_runtime.gateway.services import Access, Identity
    from codekeep_runtime.index.interface import Index
    from codekeep_runtime.ingest.manifest import Failure
    from codekeep_runtime.ingest.source import Source
    from codekeep_runtime.models.routes import Routes
    from codekeep_runtime.outbox.objects import Objects
    from codekeep_runtime.platform.aws.services import KeepServices
    from codekeep_runtime.platform.aws.snapshots import KeepSnapshots, Location
    from codekeep_runtime.platform.context import RuntimeContext
    from codekeep_runtime.products.chat.engine import ChatEngine
    from codekeep_runtime.prompts.opt_in import Prompts
    from codekeep_runtime.purge import Tombstones
    from codekeep_runtime.purge.targets import PurgeTarget
    from codekeep_runtime.retrieval.retriever import Reranker
    from codekeep_runtime.telemetry.log import Level

ACCESS, TOMBSTONES, PURGES = "access", "tombstones", "purges"  # folders of documents


class Platform(Protocol):
    """Opens stores, models and services. What a platform does not have raises a fault that says what to do."""

    context: RuntimeContext
    log_level: Level | None = None
    """Lowest level that is logged; None for that of the settings."""

    @property
    def outbox(self) -> Objects | None:
        """The outbox that ingest writes to if it cannot reach the index; None if it can."""

    # Stores and models

    def embedder(self) -> Embedder: ...

    def indexer_embedder(self, ray: str | None) -> Embedder:
        """
        Args:
            ray: address of a Ray cluster to embed on.
        """

    def index(self, embedder: Embedder) -> Index:
        """The caller closes it."""

    def documents(self, folder: str) -> Documents:
        """Documents of one purpose, shared by all processes. In a keep, only the indexer may change them."""

    def prompts(self) -> Prompts | None:
        """The prompt store; None if the settings do not opt in to storing prompts."""

    def routes(self) -> Routes:
        """The table of which model answers which product."""

    def chat_engines(self) -> Mapping[str, ChatEngine]:
        """Engines by the model's name."""

    def reranker(self) -> Reranker | None:
        """The re-ranker; None if no model re-ranks."""

    # Readers

    def owner(self) -> Reader:
        """The reader of a command that names none.

        Raises:
            UsageFault: in a keep, where everybody must be named.
        """

    def access(self, indexed: Callable[[], Iterable[RepositoryId]], reader: Reader) -> Access: ...

    def identity(self, reader: Reader) -> Identity: ...

    # Audit

    def signer(self) -> Signer: ...

    def audit_log(self, role: str) -> AbstractContextManager[AuditLog]:
        """
        Args:
            role: of this process. Processes with the same role write separate chains.
        """

    def verify_audit(self, copy: Path | None, public_key: Path | None) -> Report:
        """
        Args:
            copy: of a keep's vault; None reads the records where they are.
            public_key: of the signing key; None asks KMS, or reads a laptop's key file.

        Raises:
            UsageFault: a copy or a key is given on a laptop.
            SettingsFault: the key cannot verify signatures.
        """

    # Jobs

    def admissible_sources(
        self, sources: Sequence[Source], *, allow_purged: bool
    ) -> tuple[Sequence[Source], list[Failure]]:
        """The sources that may be ingested, and those that were purged. In a keep the indexer refuses the latter.

        Raises:
            UsageFault: `allow_purged` in a keep, where ingest does not reach the tombstones.
        """

    def sync_permissions(self, indexed: Callable[[], Iterable[RepositoryId]]) -> SyncResult:
        """Asks the Git hosts who may read what is indexed; in a keep, what its links name.

        Raises:
            SettingsFault: there are no settings.
            AccessFault: a host does not list a group.
        """

    def prompt_targets(self, readers: Mapping[str, str]) -> list[PurgeTarget]:
        """
        Args:
            readers: name in the proof → reader id.
        """

    def snapshots(self, location: Location) -> AbstractContextManager[KeepSnapshots]:
        """
        Raises:
            UsageFault: on a laptop, or a pooled keep's bucket and role are not given.
            SettingsFault: the settings name no bucket for snapshots.
            IndexFault: the domain refuses, as it does for everybody but its administrator.
        """

    def server(self, app: Starlette, host: str, port: int | None, certificate: Certificate | None) -> Server:
        """
        Args:
            port: 0 for any free one, None for the platform's default.
        """

    def gateway_routes(self) -> Sequence[BaseRoute]:
        """Routes that the gateway has on this platform only."""

    # The same on both platforms

    @property
    def services(self) -> KeepServices:
        """The AWS services and Git hosts of the settings.

        Raises:
            SettingsFault: there are no settings.
        """
        from codekeep_runtime.platform.aws.services import KeepServices

        return KeepServices(self.context.required_settings())

    @property
    def accounts(self) -> ServiceAccounts:
        from codekeep_runtime.access.accounts import ServiceAccounts

        return ServiceAccounts(self.documents(ACCESS))

    @property
    def permissions(self) -> PermissionStore:
        from codekeep_runtime.access.permissions import PermissionStore

        return PermissionStore(self.documents(ACCESS))

    @property
    def tombstones(self) -> Tombstones:
        from codekeep_runtime.purge import Tombstones

        return Tombstones(self.documents(TOMBSTONES))

    def granted_access(
        self, indexed: Callable[[], Iterable[RepositoryId]], permissions: PermissionStore | None
    ) -> Access:
        """Access by the settings' teams, which are read again when the file changes."""
        from codekeep_contracts.settings.document import load_settings

        from codekeep_runtime.access import access
        from codekeep_runtime.access.grants import Policy
        from codekeep_runtime.access.watched import watched_file

        policy = watched_file(self.context.settings_path, lambda path: Policy.of_settings(load_settings(path)))
        return access.Access(self.context.tenant, policy.current, indexed, self.accounts, permissions)
