"""Purges a repository or a reader from every store of a platform."""

import re
from collections.abc import Sequence

from codekeep_runtime.access.identity import reader_id
from codekeep_runtime.core import RepositoryId
from codekeep_runtime.embed.cache import CachedEmbedder
from codekeep_runtime.ingest.lock import ingest_lock
from codekeep_runtime.ingest.state import FILE
from codekeep_runtime.platform.port import PURGES, Platform
from codekeep_runtime.platform.readers import COMMAND_LINE
from codekeep_runtime.platform.runtime import Runtime
from codekeep_runtime.purge import Purge, StoredProof, Subject, targets
from codekeep_runtime.purge.targets import PurgeTarget

_ID = re.compile(r"[0-9a-f]{16}")


def run_purge(runtime: Runtime, *, repository: str | None = None, user: str | None = None) -> StoredProof:
    """Purges the repository or the user; exactly one must be given. In a keep, only the indexer may.

    Raises:
        UsageFault: the repository is not written host/owner/name.
        BusyFault: an ingest runs at the same time.
        PurgeFault: something is left.
    """
    platform = runtime.platform
    subject, found = _repository(runtime, repository) if repository else _reader(platform, user or "")
    purge = Purge(platform.documents(PURGES), platform.tombstones, platform.signer())
    with ingest_lock(platform.context.folder("ingest")):
        return purge.run(subject, found)


def allow(platform: Platform, key: str) -> None:
    """Lets the next run ingest a purged repository again, all of it.

    Raises:
        UsageFault: the repository is not written host/owner/name.
    """
    repository = RepositoryId.parse(key)
    platform.tombstones.allow(repository)
    for target in _outbox(platform, repository):  # else ingest takes for done what the indexer refused
        target.remove()


def _repository(runtime: Runtime, key: str) -> tuple[Subject, Sequence[PurgeTarget]]:
    platform, repository = runtime.platform, RepositoryId.parse(key)
    folder, embedder = platform.context.folder("ingest"), runtime.embedder
    found: list[PurgeTarget] = [
        *_outbox(platform, repository),  # before the index, which is filled from it
        targets.index_target(runtime.index.prepare(), repository),
        targets.folder_target("mirror", folder / "mirrors" / repository.id),
        targets.ingest_state_target(folder / FILE, repository),
        targets.manifest_target(folder / "runs", repository),
        targets.repository_permissions_target(platform.permissions, repository),
    ]
    if isinstance(embedder, CachedEmbedder):  # after the index, whose chunks an indexer would embed again
        found.append(targets.vector_cache_target(embedder))
    return Subject("repository", repository.id), found


def _outbox(platform: Platform, repository: RepositoryId) -> Sequence[PurgeTarget]:
    return [targets.outbox_target(platform.outbox, repository)] if platform.outbox else []


def _reader(platform: Platform, user: str) -> tuple[Subject, Sequence[PurgeTarget]]:
    """A name is a reader of the keep's issuer and one of the command line."""
    if _ID.fullmatch(user):
        return Subject("reader", user), platform.prompt_targets({"prompts": user})
    local, settings = reader_id(COMMAND_LINE, user), platform.context.settings
    signed_in = reader_id(settings.access.oidc.issuer, user) if settings else local
    prompts = platform.prompt_targets({"prompts": signed_in, "prompts-of-command-line": local})
    return Subject("reader", signed_in), [*prompts, targets.login_target(platform.permissions, user)]
