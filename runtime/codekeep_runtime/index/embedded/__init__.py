"""An index in one folder: SQLite is the source of truth, a tantivy index and a matrix in memory are derived from it."""

from codekeep_runtime.index.embedded.index import EmbeddedIndex

__all__ = ["EmbeddedIndex"]
