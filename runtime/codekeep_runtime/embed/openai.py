"""A model behind an OpenAI-compatible server: trtllm-serve, vLLM, text-embeddings-inference."""

import math
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from codekeep_runtime.embed.faults import EmbedFault

BATCH = 64  # texts in a request
ATTEMPTS = 5
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 20.0
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
_WORTH_ANOTHER = {408, 409, 425, 429, 500, 502, 503, 504}


class OpenAiEmbedder:
    """Several threads may use one.

    Args:
        client: has the server's address as its base_url, and checks its certificate; belongs to the caller.
        version: of the model and its preparation, as the index is named by it.
        token: asked for the bearer token before each request, as tokens expire; None where the server wants none.
        document_prefix, query_prefix: what the model was trained with; "passage: " and "query: " for E5.
    """

    def __init__(
        self,
        client: httpx.Client,
        model: str,
        version: str,
        dimension: int,
        *,
        token: Callable[[], str] | None = None,
        document_prefix: str = "",
        query_prefix: str = "",
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.version, self.dimension = version, dimension
        self._client, self._model, self._token, self._wait = client, model, token, wait
        self._document_prefix, self._query_prefix = document_prefix, query_prefix

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        parts = [
            self._vectors([self._document_prefix + text for text in texts[start : start + BATCH]])
            for start in range(0, len(texts), BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._vectors([self._query_prefix + text])[0]
        return vector

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        for attempt in range(1, ATTEMPTS + 1):
            wanted = 0.0
            try:
                response = self._post(texts)
            except httpx.HTTPError as error:
                refusal = f"cannot be reached ({type(error).__name__})"
            else:
                if response.status_code == httpx.codes.OK:
                    return _read(response, len(texts), self.dimension)
                refusal = f"refused with status {response.status_code}"
                if response.status_code not in _WORTH_ANOTHER:
                    raise EmbedFault(f"the embedding server {refusal}; check the model's name and the token")
                wanted = _retry_after(response)
            if attempt < ATTEMPTS:
                self._wait(_pause(attempt, wanted))
        raise EmbedFault(f"the embedding server {refusal}, {ATTEMPTS} times; try again when it is well")

    def _post(self, texts: list[str]) -> httpx.Response:
        headers = {"authorization": f"Bearer {self._token()}"} if self._token else {}
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        return self._client.post("/v1/embeddings", json=body, headers=headers, timeout=TIMEOUT)


def _pause(attempt: int, wanted: float) -> float:
    """Longer each time, within a random span, so that many workers do not come back at once."""
    span = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
    return max(min(wanted, LONGEST_WAIT_SECONDS), random.uniform(span / 2, span))  # noqa: S311 - no secret


def _retry_after(response: httpx.Response) -> float:
    """Seconds that the server asks for; a date, which few send, is passed over."""
    try:
        seconds = float(response.headers.get("retry-after", "0"))
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0


def _read(response: httpx.Response, count: int, dimension: int) -> NDArray[np.float32]:
    """
    Raises:
        EmbedFault: not one finite vector of that dimension for each text.
    """
    try:
        by_text = _by_index(response.json(), count)
        vectors = np.array(by_text, np.float32)
    except (ValueError, KeyError, TypeError):
        raise EmbedFault(f"the embedding server did not answer with one vector for each of {count} texts") from None
    if vectors.shape != (count, dimension):
        raise EmbedFault(f"the embedding server's vectors are {vectors.shape[1:]} long, the settings say {dimension}")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise EmbedFault("the embedding server answered with a vector that has no direction")
    unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
    return unit


def _by_index(answer: Any, count: int) -> list[list[float]]:
    """The vectors in the order of the texts, whatever order the server wrote them in."""
    held = {int(each["index"]): each["embedding"] for each in answer["data"]}
    if len(answer["data"]) != count or held.keys() != set(range(count)):
        raise ValueError
    return [held[index] for index in range(count)]
