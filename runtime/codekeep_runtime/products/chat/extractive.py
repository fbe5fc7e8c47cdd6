"""The engine without a model: quotes the lines that best match the question. Equal input gives an equal answer."""

import re
from collections.abc import AsyncGenerator

from codekeep_runtime.core import Chunk
from codekeep_runtime.models.chat import EngineOutput
from codekeep_runtime.products.chat.prompt import Prompt
from codekeep_runtime.retrieval.terms import chunk_stems, content_stems, stems

NAME = "embedded-extractive"
SOURCES_MAX = 3
LINES_MAX = 12  # of one source


class ExtractiveEngine:
    """An engine that quotes code (see products.chat.engine.ChatEngine)."""

    context_tokens = 16_000
    answer_tokens = 1_000

    async def write(self, prompt: Prompt, model: str, cache_salt: str) -> AsyncGenerator[EngineOutput, None]:
        wanted = content_stems(prompt.question)
        yield EngineOutput(
            "There is no language model here; these are the places in the code that best match the question.\n"
        )
        for number, chunk in _best(wanted, prompt.sources):
            first, lines = _excerpt(wanted, chunk)
            symbol = f"`{chunk.symbol}` in " if chunk.symbol else ""
            last = first + len(lines) - 1
            yield EngineOutput(f"\n{symbol}`{chunk.path}`, lines {first} to {last} [{number}]\n\n")
            fence = "`" * (3 + max(map(len, re.findall("`+", "".join(lines))), default=0))
            yield EngineOutput("\n".join((fence, *lines, fence, "")))


def _best(wanted: frozenset[str], sources: tuple[Chunk, ...]) -> list[tuple[int, Chunk]]:
    """Numbered sources with most of the question's words; equal ones stay in the order of retrieval."""
    return sorted(enumerate(sources, start=1), key=lambda source: -len(wanted & chunk_stems(source[1])))[:SOURCES_MAX]


def _excerpt(wanted: frozenset[str], chunk: Chunk) -> tuple[int, list[str]]:
    """The run of lines that contains most of the question's words, and its first line's number. The first one wins."""
    lines = chunk.text.splitlines()
    overlaps = [len(wanted & stems(line)) for line in lines]
    starts = range(max(1, len(lines) - LINES_MAX + 1))
    start = max(starts, key=lambda at: (sum(overlaps[at : at + LINES_MAX]), -at))
    return chunk.start_line + start, lines[start : start + LINES_MAX]
