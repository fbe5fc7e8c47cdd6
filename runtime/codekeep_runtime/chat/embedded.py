"""The engine without a model: quotes the lines that speak most of the question. Equal input, equal answer."""

import re
from collections.abc import AsyncIterator

from codekeep_runtime.chat.engine import Piece
from codekeep_runtime.chat.prompt import Prompt
from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.retrieval.terms import stems, telling

MOST_SOURCES = 3
MOST_LINES = 12  # of one source


class EmbeddedEngine:
    name = "embedded-extractive"
    context_tokens = 16_000
    answer_tokens = 1_000

    async def write(self, prompt: Prompt, cache_salt: str) -> AsyncIterator[Piece]:
        asked = telling(prompt.question)
        yield Piece("This is no language model; these are the places in the code that speak most of the question.\n")
        for number, chunk in _best(asked, prompt.sources):
            first, lines = _excerpt(asked, chunk)
            symbol = f"`{chunk.symbol}` in " if chunk.symbol else ""
            end = first + len(lines) - 1
            yield Piece(f"\n{symbol}`{chunk.path}`, lines {first} to {end} [{number}]\n\n")
            fence = "`" * (3 + max(map(len, re.findall("`+", "".join(lines))), default=0))
            yield Piece("\n".join((fence, *lines, fence, "")))


def _best(asked: frozenset[str], sources: tuple[Chunk, ...]) -> list[tuple[int, Chunk]]:
    """By the share of the question they hold; equal ones stay in the order retrieval gave them."""

    def overlap(item: tuple[int, Chunk]) -> int:
        chunk = item[1]
        return -len(asked & stems(f"{chunk.path} {chunk.symbol} {chunk.text}"))

    return sorted(enumerate(sources, start=1), key=overlap)[:MOST_SOURCES]


def _excerpt(asked: frozenset[str], chunk: Chunk) -> tuple[int, list[str]]:
    """The first line's number and the run of lines that holds most of what is asked; a symbol's start wins a tie."""
    lines = chunk.text.splitlines()
    overlaps = [len(asked & stems(line)) for line in lines]
    starts = range(max(1, len(lines) - MOST_LINES + 1))
    start = max(starts, key=lambda at: (sum(overlaps[at : at + MOST_LINES]), -at))
    return chunk.start_line + start, lines[start : start + MOST_LINES]
