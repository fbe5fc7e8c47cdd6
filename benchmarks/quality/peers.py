"""bm25s as it comes: its own tokenisation, its own weights."""

from collections.abc import Sequence

from codekeep_runtime.core.chunk import Chunk

from benchmarks.quality.measures import DEPTH


def bm25s_results(chunks: Sequence[Chunk], questions: Sequence[str]) -> list[list[Chunk]]:
    """For each question the ten best; it sees path, symbol and text, as our index does."""
    import bm25s  # noqa: PLC0415 - of the benchmarks' own environment

    retriever = bm25s.BM25()
    texts = [f"{chunk.path}\n{chunk.symbol}\n{chunk.text}" for chunk in chunks]
    retriever.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    asked = bm25s.tokenize(list(questions), show_progress=False)
    found, _ = retriever.retrieve(asked, k=DEPTH, show_progress=False)
    return [[chunks[at] for at in row] for row in found]
