"""Embedder and index: those of the keep, or those inside this process."""

import hashlib
from typing import TYPE_CHECKING, cast

from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.settings.document import RuntimeSettings
from codekeep_contracts.settings.models import ModelSettings, Prefixes

from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.index.interface import Index
from codekeep_runtime.place import Place

if TYPE_CHECKING:
    from codekeep_runtime.outbox.bucket import Bucket

CODE, OUTBOX = "code", "outbox/"


def open_embedder(place: Place) -> Embedder:
    """
    Raises:
        SettingsFault: the settings name no model that embeds.
    """
    if place.keep is None:
        from codekeep_runtime.embed.static import StaticEmbedder

        return StaticEmbedder()
    from codekeep_runtime.embed.cache import CachedEmbedder

    return CachedEmbedder(served_embedder(place.keep), place.folder("vectors") / "vectors.sqlite")


def served_embedder(settings: RuntimeSettings) -> Embedder:
    """The keep's model, at its pinned revision."""
    import httpx

    from codekeep_runtime.embed.openai import OpenAiEmbedder

    model, dimension = settings.model_of("embed"), settings.index.dimension
    prefixes = model.prefixes or Prefixes()
    client = httpx.Client(base_url=model.url, trust_env=False)
    return OpenAiEmbedder(
        client,
        model.name,
        vectors_version(model),
        dimension,
        document_prefix=prefixes.document,
        query_prefix=prefixes.query,
    )


def vectors_version(model: ModelSettings) -> str:
    """Of the vectors: the index is named by it and caches are keyed by it, so it changes with all that changes them."""
    version = f"{model.name.rpartition('/')[2].lower()}-{model.revision[:12]}"
    if model.prefixes is None or not model.prefixes.document:
        return version
    return f"{version}-{hashlib.sha256(model.prefixes.document.encode()).hexdigest()[:6]}"


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
