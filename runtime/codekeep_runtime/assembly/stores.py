"""Embedder and index: those of the keep, or those inside this process."""

from typing import TYPE_CHECKING, cast

from codekeep_contracts.faults import SettingsFault

from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.index.interface import Index
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.models.served import ServedModels
    from codekeep_runtime.outbox.bucket import Bucket

CODE, OUTBOX = "code", "outbox/"


def open_embedder(place: Place, models: "ServedModels | None") -> Embedder:
    """
    Args:
        models: of the keep; None where everything is on this machine.

    Raises:
        SettingsFault: the settings name no model that embeds.
    """
    if models is None:
        from codekeep_runtime.embed.static import StaticEmbedder

        return StaticEmbedder()
    from codekeep_runtime.embed.cache import CachedEmbedder

    return CachedEmbedder(models.embedder(), place.folder("vectors") / "vectors.sqlite")


def open_index(place: Place, embedder: Embedder, *, writes: bool = False) -> Index:
    """The caller closes it.

    Args:
        writes: makes what is missing; of a keep's domain only the indexer may.
    """
    if place.keep is None:
        from codekeep_runtime.index.embedded import EmbeddedIndex

        return EmbeddedIndex.open(place.folder("index"), place.tenant, embedder.version, embedder.dimension)
    from codekeep_runtime.index.opensearch import OpenSearchIndex, Store, connect

    where, region = place.keep.index, place.keep.regions.primary
    store = Store(connect(where.endpoint, region))
    index = OpenSearchIndex(store, where.prefix, place.tenant, embedder.version, embedder.dimension)
    return index.prepare() if writes else index


def code_bucket(place: Place, folder: str) -> "Bucket":
    """A folder of the keep's bucket for code.

    Raises:
        SettingsFault: the settings have no such bucket.
    """
    from codekeep_runtime.keep.aws import client
    from codekeep_runtime.outbox.bucket import Bucket

    if place.settings is None or CODE not in place.settings.buckets:
        raise SettingsFault(f"buckets.{CODE} is not in the settings; the outbox of a keep lies there")
    return Bucket(client(place.settings, "s3"), place.settings.buckets[CODE], folder)


def open_outbox(place: Place) -> Index:
    from codekeep_runtime.ingest.ingest import made_with
    from codekeep_runtime.outbox import Outbox
    from codekeep_runtime.screen import Policy

    # Ingest writes by half of the protocol; reading it would be an error that no scope could make right.
    return cast("Index", Outbox(code_bucket(place, OUTBOX), made_with(Policy())))
