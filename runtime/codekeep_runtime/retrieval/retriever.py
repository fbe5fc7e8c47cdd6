"""Hybrid retrieval."""

from collections.abc import Sequence

from codekeep_runtime.core.reader import Scope
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.embed.faults import EmbedFault
from codekeep_runtime.index.interface import Hit, Index, Narrowing
from codekeep_runtime.retrieval.candidate import candidates
from codekeep_runtime.retrieval.found import Found
from codekeep_runtime.retrieval.ranking import ranked, shortlist
from codekeep_runtime.retrieval.reranker import Reranker
from codekeep_runtime.telemetry import emit

CANDIDATES, LEAST_CANDIDATES = 5, 50  # of each query: times k, but no fewer
LOOKED_AT, LEAST_LOOKED_AT = 3, 50  # of both together
EVERYTHING = Narrowing()


class Retriever:
    """Asks the index by words and by meaning, both within the reader's scope. Several threads may search.

    Args:
        reranker: a model that orders the best once more.
    """

    def __init__(self, index: Index, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._index, self._embedder, self._reranker = index, embedder, reranker

    def search(self, scope: Scope, text: str, k: int, narrowing: Narrowing = EVERYTHING) -> Sequence[Found]:
        """At most k, best first.

        Raises:
            AccessFault: the scope is another tenant's.
        """
        if k < 1 or not text.strip():
            return []
        depth = max(CANDIDATES * k, LEAST_CANDIDATES)
        lexical = self._index.lexical(scope, text, depth, narrowing)
        semantic = self._semantic(scope, text, depth, narrowing)
        chosen = shortlist(candidates(lexical, semantic), max(LOOKED_AT * k, LEAST_LOOKED_AT))
        found = ranked(text, chosen)
        return (self._reranker.rerank(text, found) if self._reranker else found)[:k]

    def _semantic(self, scope: Scope, text: str, depth: int, narrowing: Narrowing) -> Sequence[Hit]:
        """Nothing while the embedder cannot be reached: what words find is better than no answer."""
        try:
            vector = self._embedder.query(text)
        except EmbedFault:
            emit("embedder-not-reached", component="gateway", level="warning")
            return []
        return self._index.semantic(scope, vector, depth, narrowing)
