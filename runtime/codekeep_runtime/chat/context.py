"""What the engine gets to see: the most useful chunks that fit, few of each file."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.index.interface import Narrowing

CHARACTERS_PER_TOKEN = 3  # code makes 3 to 4 with today's tokenizers; the lower one never overfills a context
MOST_OF_A_FILE = 3


class Found(Protocol):
    @property
    def chunk(self) -> Chunk: ...


class Retriever(Protocol):
    def search(self, scope: Scope, text: str, k: int, narrowing: Narrowing) -> Sequence[Found]: ...


def tokens(text: str) -> int:
    """An estimate, on the high side."""
    return len(text) // CHARACTERS_PER_TOKEN + 1


def fitting(chunks: Iterable[Chunk], budget: int) -> tuple[Chunk, ...]:
    """The first ones that fit into `budget` tokens; one that does not is passed over for a smaller one after it.

    Chunks of one file that follow each other stand together, at the place of the better one.
    """
    chosen: dict[str, Chunk] = {}
    of_file: Counter[tuple[object, str]] = Counter()
    for chunk in chunks:
        file, cost = (chunk.branch, chunk.path), tokens(chunk.text) + tokens(chunk.path) + 40  # 40: delimiters
        if chunk.id in chosen or cost > budget or of_file[file] >= MOST_OF_A_FILE:
            continue
        chosen[chunk.id] = chunk
        of_file[file] += 1
        budget -= cost
    return _neighbours_together(tuple(chosen.values()))


def _neighbours_together(chunks: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    best: dict[tuple[object, str], int] = {}
    for rank, chunk in enumerate(chunks):
        best.setdefault((chunk.branch, chunk.path), rank)
    return tuple(sorted(chunks, key=lambda chunk: (best[chunk.branch, chunk.path], chunk.ordinal)))
