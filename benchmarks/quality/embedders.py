"""Makes the runtime's embedders from their names."""

from importlib import import_module

from codekeep_runtime.embed.cache import CachedEmbedder
from codekeep_runtime.embed.embedder import Embedder

from benchmarks.quality.packages import cache

KNOWN = {
    "static": "codekeep_runtime.embed.static:StaticEmbedder",
    "e5": "codekeep_runtime.embed.e5:E5Embedder",
}
DEFAULT = ("static",)  # measured without being named; the others take most of an hour


def embedder_of(name: str) -> Embedder:
    """The embedder of a name. Slow ones cache the vectors of documents on the disk.

    Args:
        name: one of KNOWN, or module:class.
    """
    module, _, class_name = KNOWN.get(name, name).partition(":")
    embedder: Embedder = getattr(import_module(module), class_name)()
    return embedder if name in DEFAULT else CachedEmbedder(embedder, cache() / "vectors.sqlite")
