"""What every re-ranker does."""

from collections.abc import Sequence
from typing import Protocol

from codekeep_runtime.retrieval.found import Found


class Reranker(Protocol):
    """Orders what was found by a closer look at the text; best first, nothing added, nothing lost."""

    def rerank(self, text: str, found: Sequence[Found]) -> Sequence[Found]: ...
