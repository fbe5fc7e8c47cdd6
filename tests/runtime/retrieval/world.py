"""A small real index: chunks that are one function each, and an embedder that knows a few synonyms."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from codekeep_runtime.core.chunk import Chunk, chunk_id
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import FileSymbols
from codekeep_runtime.index.analysis import words
from codekeep_runtime.index.embedded import EmbeddedIndex
from numpy.typing import NDArray

SHOP, BANK = RepositoryId("github.com", "acme", "shop"), RepositoryId("github.com", "acme", "bank")
BOTH = Scope("acme", "0" * 16, "", frozenset({SHOP, BANK}))
ONLY_SHOP = Scope("acme", "0" * 16, "", frozenset({SHOP}))
CONCEPTS = ({"bill", "invoice"}, {"delete", "remove"}, {"client", "customer"}, {"tax", "vat"})


class Synonyms:
    """Counts concepts instead of words."""

    version, dimension = "synonyms-1", len(CONCEPTS) + 1

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self.query(text) for text in texts])

    def query(self, text: str) -> NDArray[np.float32]:
        held = [sum(word in concept for word in words(text)) for concept in CONCEPTS]
        vector = np.array([*held, 0.1], np.float32)
        return vector / np.linalg.norm(vector)


def index_of(folder: Path, *functions: tuple[RepositoryId, str, str]) -> EmbeddedIndex:
    """Of (repository, qualified name, text)."""
    embedder = Synonyms()
    index = EmbeddedIndex.open(folder, "acme", embedder.version, embedder.dimension)
    for number, (repository, symbol, text) in enumerate(functions):
        chunk = chunk_of(repository, f"src/file{number}.py", symbol, text)
        file = SourceFile(
            path=chunk.path,
            blob=chunk.blob,
            language="python",
            size=len(text),
            chunks=(chunk,),
            symbols=FileSymbols(),
        )
        index.write(chunk.branch, [file])
        index.put_vectors({chunk.id: embedder.query(text)})
    return index


def chunk_of(repository: RepositoryId, path: str, symbol: str, text: str) -> Chunk:
    branch = Branch(repository, "main")
    return Chunk(
        id=chunk_id(branch, path, "b" * 40, 0),
        branch=branch,
        commit="c" * 40,
        path=path,
        blob="b" * 40,
        ordinal=0,
        language="python",
        start_line=1,
        end_line=text.count("\n") + 1,
        symbol=symbol,
        symbol_kind="function",
        imports=(),
        text=text,
    )
