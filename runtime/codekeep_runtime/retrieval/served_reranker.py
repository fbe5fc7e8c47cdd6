"""A re-ranking model behind a server: vLLM and those that speak as it does."""

import math
from collections.abc import Sequence
from dataclasses import replace

import httpx

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.retrieval.found import Found
from codekeep_runtime.telemetry import emit

MOST = 40  # of the best; the others keep their order behind them
MOST_CHARACTERS = 2_000  # of a chunk: models of this kind read about 512 tokens
CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 2.0


class ServedReranker:
    """Without an answer in time the order stays as it was: a search is better than none.

    Args:
        client: has the server's address as its base_url, and checks its certificate; belongs to the caller.
        route: where the server re-ranks, "/v1/rerank" or "/rerank".
    """

    def __init__(self, client: httpx.Client, model: str, route: str = "/v1/rerank") -> None:
        self._client, self._model, self._route = client, model, route

    def rerank(self, text: str, found: Sequence[Found]) -> Sequence[Found]:
        best, rest = found[:MOST], found[MOST:]
        if not best:
            return found
        try:
            scores = self._scores(text, [each.chunk for each in best])
        except (httpx.HTTPError, ValueError) as error:  # the second: an answer that is none
            emit("rerank-failed", component="gateway", level="warning", error_kind=type(error).__name__)
            return found
        scored = [replace(each, score=score) for each, score in zip(best, scores, strict=True)]
        scored.sort(key=lambda each: -each.score)
        least = scored[-1].score
        return [*scored, *(replace(each, score=least) for each in rest)]

    def _scores(self, text: str, chunks: Sequence[Chunk]) -> list[float]:
        response = self._client.post(
            self._route,
            json={"model": self._model, "query": text, "documents": [_document(chunk) for chunk in chunks]},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        )
        response.raise_for_status()
        return _read(response.json(), len(chunks))


def _document(chunk: Chunk) -> str:
    return f"{chunk.path} {chunk.symbol}\n{chunk.text}"[:MOST_CHARACTERS]


def _read(answer: object, count: int) -> list[float]:
    """
    Raises:
        ValueError: not one finite score for each document.
    """
    try:
        results = answer["results"]  # type: ignore[index]
        scores = {int(each["index"]): float(each["relevance_score"]) for each in results}
    except (KeyError, TypeError):
        raise ValueError("no results with index and relevance_score") from None
    if len(results) != count or scores.keys() != set(range(count)) or not all(map(math.isfinite, scores.values())):
        raise ValueError(f"{len(results)} results for {count} documents")
    return [scores[at] for at in range(count)]
