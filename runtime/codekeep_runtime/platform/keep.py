"""The keep's platform: stores and models of the cluster, which all of its pods share."""

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from codekeep_contracts.faults import UsageFault
from codekeep_contracts.pods import GATEWAY_PORT
from codekeep_contracts.roles import OUTBOX_FOLDER, PERMISSIONS_FOLDER, BucketRole
from codekeep_contracts.settings.document import RuntimeSettings
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from codekeep_runtime.access.identity import Identity
from codekeep_runtime.access.issuer import signing_keys
from codekeep_runtime.access.keys import FetchedKeys, PinnedKeys
from codekeep_runtime.access.sync import SyncResult
from codekeep_runtime.audit import AuditLog, Report, verify
from codekeep_runtime.audit.shipping import SegmentShipper
from codekeep_runtime.audit.signer import EcdsaKey, Verifier
from codekeep_runtime.core import Reader, RepositoryId
from codekeep_runtime.embed.cache import CachedEmbedder
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.embed.on_ray import RayEmbedder
from codekeep_runtime.embed.space import embedding_space_version
from codekeep_runtime.gateway.server import Certificate, Server, pod_server
from codekeep_runtime.gateway.services import Access
from codekeep_runtime.ingest.manifest import Failure
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.models.routes import Routes
from codekeep_runtime.outbox.permissions import PermissionHandover
from codekeep_runtime.platform.aws.bucket import Bucket
from codekeep_runtime.platform.aws.kms_signer import KmsSigner
from codekeep_runtime.platform.aws.prompt_bucket import PromptBucket
from codekeep_runtime.platform.aws.snapshots import KeepSnapshots, Location, keep_snapshots
from codekeep_runtime.platform.context import RuntimeContext
from codekeep_runtime.platform.port import Platform
from codekeep_runtime.products.chat.engine import ChatEngine
from codekeep_runtime.purge.targets import PurgeTarget, folder_target, prompt_target
from codekeep_runtime.retrieval.retriever import Reranker
from codekeep_runtime.webhook.forward import forwarding_route

if TYPE_CHECKING:  # pods that reach no index or model need not load their clients
    from codekeep_runtime.index.opensearch import OpenSearchIndex, Store
    from codekeep_runtime.index.opensearch.access_documents import AccessDocuments
    from codekeep_runtime.models.served import ServedModels

ACCESS_RETRIES = 1  # an index that does not answer must deny within the time that a revocation may take


class KeepPlatform(Platform):
    """The keep's platform (see port.Platform)."""

    def __init__(self, context: RuntimeContext) -> None:
        self.context = context

    @property
    def settings(self) -> RuntimeSettings:
        return self.context.required_settings()

    @property
    def outbox(self) -> Bucket:
        return self.services.objects(OUTBOX_FOLDER)

    def embedder(self) -> Embedder:
        return self._cached(self._models.embedder())

    def indexer_embedder(self, ray: str | None) -> Embedder:
        from codekeep_runtime.models.served import served_embedder

        if ray is not None:
            return RayEmbedder(ray, served_embedder, self.settings)
        return self._cached(served_embedder(self.settings))

    def index(self, embedder: Embedder) -> "OpenSearchIndex":
        from codekeep_runtime.index.opensearch import OpenSearchIndex

        prefix = self.settings.index.prefix
        return OpenSearchIndex(self._store(), prefix, self.context.tenant, embedder.version, embedder.dimension)

    def documents(self, folder: str) -> "AccessDocuments":
        from codekeep_runtime.index.opensearch.access_documents import AccessDocuments

        return AccessDocuments(self._store(retries=ACCESS_RETRIES), self.settings.index.prefix, folder)

    def prompts(self) -> PromptBucket | None:
        """
        Raises:
            SettingsFault: the settings opt in and have no bucket for prompts.
        """
        if not self.settings.prompt_storage.enabled:
            return None
        bucket = self.services.prompts()
        return bucket if bucket.is_on else None

    def routes(self) -> Routes:
        return Routes.of_models(self.settings.models)

    def chat_engines(self) -> Mapping[str, ChatEngine]:
        return self._models.chat()

    def reranker(self) -> Reranker | None:
        return self._models.reranker()

    def owner(self) -> Reader:
        raise UsageFault("in a keep a command needs a reader: give --as USER and their --team")

    def access(self, indexed: Callable[[], Iterable[RepositoryId]], reader: Reader) -> Access:
        del reader
        return self.granted_access(indexed, self.permissions if self.settings.access.confirmed_by_git_hosts else None)

    def identity(self, reader: Reader) -> Identity:
        del reader
        oidc = self.settings.access.oidc
        keys = PinnedKeys(oidc.keys) if oidc.jwks == "pinned" else FetchedKeys(lambda: signing_keys(oidc.issuer))
        return Identity(oidc.issuer, oidc.audience, keys, self.accounts, groups_claim=oidc.groups_claim)

    def signer(self) -> KmsSigner:
        return self.services.signer()

    @contextmanager
    def audit_log(self, role: str) -> Iterator[AuditLog]:
        """Records are shipped to the vault each minute and at the end. Chains of all pods are in one vault."""
        folder, name = self.context.folder("audit"), f"{role}-{socket.gethostname()}"
        with (
            AuditLog(folder, self.context.folder("audit-heads"), self.signer(), name=name) as log,
            SegmentShipper(log, folder, self.services.vault()),
        ):
            yield log

    def verify_audit(self, copy: Path | None, public_key: Path | None) -> Report:
        key_id = self.settings.audit.signing_key_arn
        verifier: Verifier = EcdsaKey(key_id, public_key.read_bytes()) if public_key else self.signer()
        if copy is not None:
            return verify(copy, None, verifier)
        with TemporaryDirectory(prefix="codekeep-audit-") as folder:
            self.services.vault().copy(Path(folder))
            return verify(Path(folder), None, verifier)

    def admissible_sources(
        self, sources: Sequence[Source], *, allow_purged: bool
    ) -> tuple[Sequence[Source], list[Failure]]:
        if allow_purged:
            raise UsageFault(
                "--allow-purged is for one machine; in a keep: purge --allow HOST/OWNER/NAME, by the indexer"
            )
        return sources, []

    def sync_permissions(self, indexed: Callable[[], Iterable[RepositoryId]]) -> SyncResult:
        """Runs in a pod that cannot reach the index: the indexer takes the answers from the code bucket."""
        del indexed
        services = self.services
        repositories = {source.repository: None for _, source in services.sources()}
        return services.sync_permissions(PermissionHandover(services.objects(PERMISSIONS_FOLDER)), repositories)

    def prompt_targets(self, readers: Mapping[str, str]) -> list[PurgeTarget]:
        """A keep that does not store prompts still has a pod's scratch folder."""
        if BucketRole.PROMPTS not in self.settings.buckets:
            return [folder_target(name, self.context.folder("prompts") / id_) for name, id_ in readers.items()]
        bucket = self.services.prompts()
        return [prompt_target(bucket, id_, name) for name, id_ in readers.items()]

    def snapshots(self, location: Location) -> AbstractContextManager[KeepSnapshots]:
        return keep_snapshots(self.settings, embedding_space_version(self.settings.model_of("embed")), location)

    def server(self, app: Starlette, host: str, port: int | None, certificate: Certificate | None) -> Server:
        del host
        certificate = certificate or self.services.certificate(self.context.folder("tls"))
        return pod_server(app, GATEWAY_PORT if port is None else port, certificate)

    def gateway_routes(self) -> Sequence[BaseRoute]:
        """The gateway is the only way into the keep, so it forwards webhooks."""
        return (forwarding_route(),)

    @cached_property
    def _models(self) -> "ServedModels":
        from codekeep_runtime.models.served import ServedModels

        return ServedModels(self.settings, "gateway")

    def _cached(self, embedder: Embedder) -> CachedEmbedder:
        return CachedEmbedder(embedder, self.context.folder("vectors") / "vectors.sqlite")

    def _store(self, **options: int) -> "Store":
        from codekeep_runtime.index.opensearch import Store, connect

        return Store(connect(self.settings.index.endpoint, self.settings.regions.primary, **options))
