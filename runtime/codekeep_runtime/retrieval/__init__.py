"""From a question to the chunks that answer it: two queries within the reader's scope, fused and perhaps re-ranked."""

from codekeep_runtime.retrieval.found import Found
from codekeep_runtime.retrieval.retriever import Retriever

__all__ = ["Found", "Retriever"]
