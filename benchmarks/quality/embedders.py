"""The runtime's embedders by name."""

from importlib import import_module

from codekeep_runtime.embed.cache import CachedEmbedder
from codekeep_runtime.embed.embedder import Embedder

from benchmarks.quality.packages import cache

KNOWN = {
    "static": "codekeep_runtime.embed.static:StaticEmbedder",
    "e5": "codekeep_runtime.embed.e5:E5Embedder",
}
EVERY_TIME = ("static",)  # the others take most of an hour: ask for them by name


def embedder_of(name: str) -> Embedder:
    """A slow one's vectors of documents are kept in the cache.

    Args:
        name: one of KNOWN, or module:class.
    """
    module, _, made = KNOWN.get(name, name).partition(":")
    embedder: Embedder = getattr(import_module(module), made)()
    return embedder if name in EVERY_TIME else CachedEmbedder(embedder, cache() / "vectors.sqlite")
