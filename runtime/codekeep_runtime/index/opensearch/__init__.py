"""The index of a keep, in OpenSearch."""

from codekeep_runtime.index.opensearch.connection import connect
from codekeep_runtime.index.opensearch.index import OpenSearchIndex
from codekeep_runtime.index.opensearch.store import Store

__all__ = ["OpenSearchIndex", "Store", "connect"]
