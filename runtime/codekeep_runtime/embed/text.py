"""The text that stands for a chunk when it is embedded."""

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.index.analysis import words

MOST_CHARACTERS = 2_000  # in all; a chunk has about 1,800
_MOST_OF_PLACE = 300  # its end says most


def embedding_text(chunk: Chunk) -> str:
    """Where it stands, in words on the first line, then the code: a question often names the one, means the other."""
    place = " ".join((*words(chunk.path.rpartition(".")[0]), *words(chunk.symbol)))
    return f"{place[-_MOST_OF_PLACE:].strip()}\n{chunk.text}"[:MOST_CHARACTERS]
