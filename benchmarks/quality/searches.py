"""A real index over chunks, and the kinds of search that are compared on it."""

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import FileSymbols
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.index.interface import IndexReader
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.retrieval import Retriever
from codekeep_runtime.retrieval.candidate import candidates
from codekeep_runtime.retrieval.ranking import shortlist
from codekeep_runtime.retrieval.retriever import CANDIDATES_MIN

from benchmarks.quality.measures import DEPTH

TENANT = "bench"
FUSED = CANDIDATES_MIN  # candidates of each query

Search = Callable[[str], list[Chunk]]


def index_of(folder: Path, chunks: Sequence[Chunk], embedder: Embedder) -> EmbeddedIndex:
    """An index with the chunks and their vectors."""
    index = EmbeddedIndex.open(folder, TENANT, embedder.version, embedder.dimension)
    for branch, of_branch in groupby(sorted(chunks, key=lambda each: each.branch), key=lambda each: each.branch):
        ordered = sorted(of_branch, key=lambda each: (each.path, each.ordinal))
        index.write(branch, [_file(tuple(file)) for _, file in groupby(ordered, key=lambda each: each.path)])
    Embedding(index, embedder).run()
    return index


def searches(index: IndexReader, embedder: Embedder, scope: Scope) -> dict[str, Search]:
    """The compared searches by name; each returns the ten best chunks."""
    retriever = Retriever(index, embedder)
    return {
        "lexical alone": lambda text: [hit.chunk for hit in index.lexical(scope, text, DEPTH)],
        "embedder alone": lambda text: [hit.chunk for hit in index.semantic(scope, embedder.query(text), DEPTH)],
        "both, scores added": lambda text: _fused(index, embedder, scope, text),
        "hybrid": lambda text: [found.chunk for found in retriever.search(scope, text, DEPTH)],
    }


def scope_of(chunks: Sequence[Chunk]) -> Scope:
    return Scope(TENANT, "0" * 16, "", frozenset(chunk.branch.repository for chunk in chunks))


def _fused(index: IndexReader, embedder: Embedder, scope: Scope, text: str) -> list[Chunk]:
    """The hybrid search without its re-ranking: the weighted sum of both queries' scores."""
    lexical, semantic = index.lexical(scope, text, FUSED), index.semantic(scope, embedder.query(text), FUSED)
    return [each.chunk for each in shortlist(candidates(lexical, semantic), DEPTH)]


def _file(chunks: tuple[Chunk, ...]) -> SourceFile:
    first = chunks[0]
    size = sum(len(chunk.text) for chunk in chunks)
    return SourceFile(
        path=first.path, blob=first.blob, language=first.language, size=size, chunks=chunks, symbols=FileSymbols()
    )
