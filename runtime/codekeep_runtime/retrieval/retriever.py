"""Hybrid retrieval: a lexical and a semantic query, fused into one order."""

from collections.abc import Sequence
from typing import Protocol

from codekeep_runtime.core import Scope
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.embed.faults import EmbedFault
from codekeep_runtime.index.interface import EVERYTHING, Hit, IndexReader, Narrowing
from codekeep_runtime.retrieval.candidate import candidates
from codekeep_runtime.retrieval.found_chunk import FoundChunk
from codekeep_runtime.retrieval.ranking import rank_candidates, shortlist
from codekeep_runtime.telemetry import emit

CANDIDATES_PER_RESULT, CANDIDATES_MIN = 5, 50  # of each query
SHORTLIST_PER_RESULT, SHORTLIST_MIN = 3, 50  # of both together


class Reranker(Protocol):
    """Orders chunks by a closer look at their text: best first, none added, none lost."""

    def rerank(self, text: str, found: Sequence[FoundChunk]) -> Sequence[FoundChunk]: ...


class Retriever:
    """Both queries stay within the reader's scope. Several threads may search.

    Args:
        reranker: a model that orders the best once more, None without one.
    """

    def __init__(self, index: IndexReader, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._index, self._embedder, self._reranker = index, embedder, reranker

    def search(self, scope: Scope, text: str, k: int, narrowing: Narrowing = EVERYTHING) -> Sequence[FoundChunk]:
        """Returns at most k chunks, best first.

        Raises:
            AccessFault: the scope is another tenant's.
        """
        if k < 1 or not text.strip():
            return []
        depth = max(CANDIDATES_PER_RESULT * k, CANDIDATES_MIN)
        lexical = self._index.lexical(scope, text, depth, narrowing)
        semantic = self._semantic(scope, text, depth, narrowing)
        chosen = shortlist(candidates(lexical, semantic), max(SHORTLIST_PER_RESULT * k, SHORTLIST_MIN))
        found = rank_candidates(text, chosen)
        return (self._reranker.rerank(text, found) if self._reranker else found)[:k]

    def _semantic(self, scope: Scope, text: str, depth: int, narrowing: Narrowing) -> Sequence[Hit]:
        """Hits of the semantic query; none while the embedder cannot be reached, as the lexical query alone is better
        than no answer.
        """
        try:
            vector = self._embedder.query(text)
        except EmbedFault:
            emit("embedder-not-reached", component="gateway", level="warning")
            return []
        return self._index.semantic(scope, vector, depth, narrowing)
