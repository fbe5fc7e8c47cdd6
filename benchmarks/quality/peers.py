"""The peer: bm25s with its default tokenisation and weights."""

from collections.abc import Sequence

from codekeep_runtime.core.chunk import Chunk

from benchmarks.quality.measures import DEPTH


def bm25s_results(chunks: Sequence[Chunk], questions: Sequence[str]) -> list[list[Chunk]]:
    """The ten best results for each question, over path, symbol and text, as in our index."""
    import bm25s  # noqa: PLC0415 - installed in the benchmarks' environment only

    retriever = bm25s.BM25()
    texts = [f"{chunk.path}\n{chunk.symbol}\n{chunk.text}" for chunk in chunks]
    retriever.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    tokens = bm25s.tokenize(list(questions), show_progress=False)
    found, _ = retriever.retrieve(tokens, k=DEPTH, show_progress=False)
    return [[chunks[at] for at in row] for row in found]
