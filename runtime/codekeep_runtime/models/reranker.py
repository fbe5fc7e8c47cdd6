"""A re-ranking model behind a server: vLLM, and servers with the same API."""

import math
from collections.abc import Sequence
from dataclasses import replace

from codekeep_runtime.core import Chunk
from codekeep_runtime.models import blocking
from codekeep_runtime.models.client import EngineClient
from codekeep_runtime.models.faults import EngineFault
from codekeep_runtime.retrieval.found_chunk import FoundChunk
from codekeep_runtime.telemetry import emit

RERANKED_MAX = 40  # the best; the others keep their order behind them
DOCUMENT_CHARACTERS_MAX = 2_000  # models of this kind read about 512 tokens
ANSWER_SECONDS = 2.0


class ServedReranker:
    """A served re-ranking model. Without an answer in time the order stays as it was: a search is better than none.

    Args:
        route: where the server re-ranks, "/v1/rerank" or "/rerank".
    """

    def __init__(self, client: EngineClient, model: str, route: str = "/v1/rerank") -> None:
        self._client, self._model, self._route = client, model, route

    def rerank(self, text: str, found: Sequence[FoundChunk]) -> Sequence[FoundChunk]:
        best, rest = found[:RERANKED_MAX], found[RERANKED_MAX:]
        if not best:
            return found
        try:
            scores = self._scores(text, [each.chunk for each in best])
        except EngineFault as fault:
            emit("rerank-failed", component="gateway", level="warning", error_kind=type(fault).__name__)
            return found
        scored = [replace(each, score=score) for each, score in zip(best, scores, strict=True)]
        scored.sort(key=lambda each: -each.score)
        lowest = scored[-1].score
        return [*scored, *(replace(each, score=lowest) for each in rest)]

    def _scores(self, text: str, chunks: Sequence[Chunk]) -> list[float]:
        """One for each chunk.

        Raises:
            EngineFault: no answer, or not one finite score for each chunk.
        """
        body = {"model": self._model, "query": text, "documents": [_document(chunk) for chunk in chunks]}
        answer = blocking.run_blocking(self._client.post, self._route, body, ANSWER_SECONDS)
        try:
            results = answer["results"]
            scores = {int(each["index"]): float(each["relevance_score"]) for each in results}
            if len(results) != len(chunks) or not all(map(math.isfinite, scores.values())):
                raise ValueError(f"{len(results)} results")
            return [scores[at] for at in range(len(chunks))]
        except (LookupError, TypeError, ValueError):
            raise EngineFault("the rerank model's server did not answer with one finite score for each text") from None


def _document(chunk: Chunk) -> str:
    return f"{chunk.path} {chunk.symbol}\n{chunk.text}"[:DOCUMENT_CHARACTERS_MAX]
