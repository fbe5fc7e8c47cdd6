"""Finds the chunks that answer a question: two queries within the reader's scope, fused and optionally re-ranked."""

from codekeep_runtime.retrieval.found_chunk import FoundChunk
from codekeep_runtime.retrieval.retriever import Retriever

__all__ = ["FoundChunk", "Retriever"]
