"""The second phase: vectors for chunks that are searchable by text already."""

from collections.abc import Callable

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.index.interface import Index
from codekeep_runtime.ingest.progress import Counter

TextOf = Callable[[Chunk], str]
_AT_ONCE = 1024  # chunks


def text_of_chunk(chunk: Chunk) -> str:
    """The text that every embedder gets."""
    from codekeep_runtime.embed.text import embedding_text

    return embedding_text(chunk)


def embed_missing(index: Index, embedder: Embedder, text_of: TextOf, counter: Counter) -> int:
    """Returns how many got a vector. Killed, the next call goes on.

    Raises:
        EmbedFault: of the embedder; what was done before stays.
    """
    done = 0
    while chunks := index.unembedded(_AT_ONCE):
        counter.expect(len(chunks))
        vectors = embedder.documents([text_of(chunk) for chunk in chunks])
        index.put_vectors({chunk.id: vector for chunk, vector in zip(chunks, vectors, strict=True)})
        done += len(chunks)
        counter.step(len(chunks))
    return done
