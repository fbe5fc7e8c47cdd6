"""Selects the chunks for the prompt: the best ones that fit, few of each file."""

from collections import Counter
from collections.abc import Iterable

from codekeep_runtime.core import Chunk
from codekeep_runtime.products.answer import estimated_tokens

CHUNKS_PER_FILE_MAX = 3
DELIMITER_TOKENS = 40  # around each chunk


def fit_context(chunks: Iterable[Chunk], budget: int) -> tuple[Chunk, ...]:
    """The first chunks that fit into `budget` tokens; one that does not fit gives way to a smaller one after it.

    Chunks of one file are adjacent and in the file's order, at the rank of the best of them.
    """
    chosen: dict[str, Chunk] = {}
    per_file: Counter[tuple[object, str]] = Counter()
    for chunk in chunks:
        file = (chunk.branch, chunk.path)
        cost = estimated_tokens(len(chunk.text)) + estimated_tokens(len(chunk.path)) + DELIMITER_TOKENS
        if chunk.id not in chosen and cost <= budget and per_file[file] < CHUNKS_PER_FILE_MAX:
            chosen[chunk.id] = chunk
            per_file[file] += 1
            budget -= cost
    best = {file: rank for rank, file in enumerate(per_file)}
    return tuple(sorted(chosen.values(), key=lambda chunk: (best[chunk.branch, chunk.path], chunk.ordinal)))
