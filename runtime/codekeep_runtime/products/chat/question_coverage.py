"""Measures whether the chunks that were found are about the question."""

from collections.abc import Sequence

from codekeep_runtime.core import Chunk
from codekeep_runtime.retrieval.terms import chunk_stems, content_stems

SUPPORT_MIN = 0.55
"""Share of the question's content words in one chunk. Of eleven questions to this project's own code, the six it
answers have 0.67 or more, the five about other products 0.5 or less."""


def question_coverage(question: str, chunks: Sequence[Chunk]) -> float:
    """The greatest share, 0 to 1, of the question's content words that one chunk, its path and symbol contain."""
    wanted = content_stems(question)
    if not wanted:
        return 0.0
    return max((len(wanted & chunk_stems(chunk)) / len(wanted) for chunk in chunks), default=0.0)
