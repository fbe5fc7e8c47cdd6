"""Whether what was found speaks of what was asked."""

from collections.abc import Sequence

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.retrieval.terms import stems, telling

THRESHOLD = 0.55
"""Of the question's telling words in one chunk. Of eleven questions to this project's own code, the six it answers have
0.67 or more, the five about other products 0.5 or less."""


def support(question: str, chunks: Sequence[Chunk]) -> float:
    """0 to 1: the greatest share of the question's telling words that one chunk, with its path and symbol, holds."""
    asked = telling(question)
    if not asked:
        return 0.0
    return max((len(asked & stems(f"{c.path} {c.symbol} {c.text}")) / len(asked) for c in chunks), default=0.0)
