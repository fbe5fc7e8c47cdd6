"""Purge over every store of a data folder."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from codekeep_runtime.access.identity import reader_id
from codekeep_runtime.assembly.readers import COMMAND_LINE
from codekeep_runtime.assembly.record import PROMPTS, prompt_bucket, signer_of
from codekeep_runtime.assembly.shared import PURGES, documents_of, permissions_of, tombstones_of
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.ingest.lock import only_one
from codekeep_runtime.place import Place
from codekeep_runtime.purge import Kept, Purge, Subject, Tombstones
from codekeep_runtime.purge.holdings import (
    Holding,
    InFolder,
    InIndex,
    InIngestState,
    InManifests,
    InPermissions,
    InPrompts,
    InVectorCache,
    OfLogin,
)

if TYPE_CHECKING:
    from codekeep_runtime.assembly.runtime import Runtime

_ID = re.compile(r"[0-9a-f]{16}")


def run_purge(runtime: "Runtime", *, repository: str | None = None, user: str | None = None) -> Kept:
    """Exactly one of the two. In a keep, only the indexer may.

    Raises:
        UsageFault: the repository is not written host/owner/name.
        BusyFault: an ingest works meanwhile.
        PurgeFault: something is left.
    """
    place = runtime.place
    subject, holdings = _of_repository(runtime, repository) if repository else _of_reader(runtime, user or "")
    purge = Purge(documents_of(place, PURGES), tombstones_of(place), signer_of(place))
    with only_one(place.folder("ingest")):
        return purge.run(subject, holdings)


def allow(place: Place, key: str) -> None:
    """A repository that was purged is taken in again: all of it, by the next run.

    Raises:
        UsageFault: the repository is not written host/owner/name.
    """
    repository = RepositoryId.parse(key)
    allow_again(tombstones_of(place), repository, _handed_on(place, repository))


def allow_again(tombstones: Tombstones, repository: RepositoryId, handed_on: Sequence[Holding]) -> None:
    """Ingest takes for done what it handed on and the indexer refused: that is forgotten too."""
    tombstones.allow(repository)
    for each in handed_on:
        each.remove()


def _of_repository(runtime: "Runtime", key: str) -> tuple[Subject, Sequence[Holding]]:
    repository, ingest = RepositoryId.parse(key), runtime.place.folder("ingest")
    return Subject("repository", repository.id), [
        *_handed_on(runtime.place, repository),  # before the index, which would be filled from it
        InIndex(runtime.index, repository),
        InFolder("mirror", ingest / "mirrors" / repository.id),
        InIngestState(ingest / "ingest.sqlite", repository),
        InManifests(ingest / "runs", repository),
        InPermissions(permissions_of(runtime.place), repository),
        *_cached(runtime.embedder),  # after the index, whose chunks would be embedded again
    ]


def _handed_on(place: Place, repository: RepositoryId) -> Sequence[Holding]:
    if place.embedded:
        return ()
    from codekeep_runtime.assembly.stores import OUTBOX, code_bucket
    from codekeep_runtime.outbox.holding import InOutbox

    return (InOutbox(code_bucket(place, OUTBOX), repository),)


def _cached(embedder: Embedder) -> Sequence[Holding]:
    from codekeep_runtime.embed.cache import CachedEmbedder

    return (InVectorCache(embedder),) if isinstance(embedder, CachedEmbedder) else ()


def _of_reader(runtime: "Runtime", user: str) -> tuple[Subject, Sequence[Holding]]:
    """By name, one person is a reader of the keep's issuer and one of this command line."""
    place, settings = runtime.place, runtime.place.settings
    if _ID.fullmatch(user):
        return Subject("reader", user), _prompts(place, {"prompts": user})
    here = reader_id(COMMAND_LINE, user)
    signed_in = reader_id(settings.access.oidc.issuer, user) if settings else here
    prompts = _prompts(place, {"prompts": signed_in, "prompts-of-command-line": here})
    return Subject("reader", signed_in), [*prompts, OfLogin(permissions_of(place), user)]


def _prompts(place: Place, ids: Mapping[str, str]) -> list[Holding]:
    """Of these readers, by what the proof calls them."""
    if place.keep is None or PROMPTS not in place.keep.buckets:
        return [InFolder(name, place.folder("prompts") / id_) for name, id_ in ids.items()]
    bucket = prompt_bucket(place.keep)
    return [InPrompts(bucket, id_, name) for name, id_ in ids.items()]
