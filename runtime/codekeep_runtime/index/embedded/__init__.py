"""An index in one folder: SQLite holds the truth, tantivy and a matrix in memory are derived from it."""

from codekeep_runtime.index.embedded.index import EmbeddedIndex

__all__ = ["EmbeddedIndex"]
