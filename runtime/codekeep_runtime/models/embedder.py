"""An embedding model behind an OpenAI-compatible server: trtllm-serve, vLLM, text-embeddings-inference."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from codekeep_contracts.settings.models import Prefixes, ServedModel
from numpy.typing import NDArray

from codekeep_runtime.embed.faults import EmbedFault
from codekeep_runtime.embed.space import embedding_space_version
from codekeep_runtime.models import blocking
from codekeep_runtime.models.client import EngineClient
from codekeep_runtime.models.faults import EngineFault

BATCH = 64  # texts in a request
ATTEMPTS = 5
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 20.0
ANSWER_SECONDS = 60.0


class ServedEmbedder:
    """A served embedding model (see embed.embedder.Embedder). Several threads may use one.

    Args:
        model: as the settings name it.
        dimension: of its vectors.
        token: called before each request for the bearer token, as tokens expire; None where the server wants none.
        wait: sleeps between two attempts.
    """

    def __init__(
        self,
        client: EngineClient,
        model: ServedModel,
        dimension: int,
        *,
        token: Callable[[], str] | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.version, self.dimension = embedding_space_version(model), dimension
        self._client, self._model, self._token, self._wait = client, model.name, token, wait
        self._prefixes = model.prefixes or Prefixes()

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        parts = [
            self._vectors([self._prefixes.document + text for text in texts[start : start + BATCH]])
            for start in range(0, len(texts), BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._vectors([self._prefixes.query + text])[0]
        return vector

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        for attempt in range(1, ATTEMPTS + 1):
            token = self._token() if self._token else None
            try:
                answer = blocking.run_blocking(self._client.post, "/v1/embeddings", body, ANSWER_SECONDS, token)
                return _unit_vectors(answer, len(texts), self.dimension)
            except EngineFault as fault:
                if not fault.is_transient or attempt == ATTEMPTS:
                    raise EmbedFault(f"{fault} (attempt {attempt} of {ATTEMPTS})") from None
                self._wait(_pause(attempt, fault.retry_after))
        raise AssertionError("the last attempt returns or raises")


def _pause(attempt: int, retry_after: float) -> float:
    """Seconds, more after each attempt, and random so that many workers do not come back at once."""
    span = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
    return max(min(retry_after, LONGEST_WAIT_SECONDS), random.uniform(span / 2, span))  # noqa: S311 - not a secret


def _unit_vectors(answer: Any, count: int, dimension: int) -> NDArray[np.float32]:
    """(count, dimension), rows of length 1, in the order of the texts whatever order the server wrote them in.

    Raises:
        EmbedFault: not one finite vector of that dimension for each text.
    """
    try:
        by_index = {int(each["index"]): each["embedding"] for each in answer["data"]}
        if len(answer["data"]) != count or by_index.keys() != set(range(count)):
            raise ValueError(f"{len(by_index)} vectors")
        vectors = np.array([by_index[index] for index in range(count)], np.float32)
    except (ValueError, KeyError, TypeError):
        raise EmbedFault(f"the embed model's server did not answer with one vector for each of {count} texts") from None
    if vectors.shape != (count, dimension):
        raise EmbedFault(f"the embed model's vectors are {vectors.shape[1:]} long, the settings say {dimension}")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise EmbedFault("the embed model's server answered with a vector that has no direction")
    unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
    return unit
