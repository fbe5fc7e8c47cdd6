"""Builds the text that is embedded for a chunk."""

from codekeep_runtime.core import Chunk
from codekeep_runtime.index.analysis import words

CHARACTERS_MAX = 2_000  # a chunk has about 1,800
_HEADING_CHARACTERS_MAX = 300  # the end says most


def embedding_text(chunk: Chunk) -> str:
    """A heading with the words of path and symbol, then the code: questions use words of both."""
    heading = " ".join((*words(chunk.path.rpartition(".")[0]), *words(chunk.symbol)))
    return f"{heading[-_HEADING_CHARACTERS_MAX:].strip()}\n{chunk.text}"[:CHARACTERS_MAX]
