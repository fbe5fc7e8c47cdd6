"""Repositories, files and scopes to fill an index with."""

import hashlib
from collections.abc import Sequence

import numpy as np
from codekeep_runtime.core.chunk import Chunk, chunk_id
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import FileSymbols
from codekeep_runtime.index.interface import Vector

NONE = FileSymbols()
TENANT, DIMENSION = "acme", 8
SHOP, BANK = RepositoryId("git.example.com", "acme", "shop"), RepositoryId("git.example.com", "acme", "bank")
MAIN, NEXT, OTHER = Branch(SHOP, "main"), Branch(SHOP, "next"), Branch(BANK, "main")


def scope(*repositories: RepositoryId, tenant: str = TENANT) -> Scope:
    return Scope(tenant, "0" * 16, "team", frozenset(repositories))


def source(
    path: str,
    *texts: str,
    branch: Branch = MAIN,
    language: str = "python",
    symbol: str = "",
    symbols: FileSymbols = NONE,
    commit: str = "1" * 40,
) -> SourceFile:
    """A file with a chunk for each text."""
    blob = hashlib.sha1("\0".join(texts).encode(), usedforsecurity=False).hexdigest()
    chunks = tuple(
        Chunk(
            id=chunk_id(branch, path, blob, ordinal),
            branch=branch,
            commit=commit,
            path=path,
            blob=blob,
            ordinal=ordinal,
            language=language,
            start_line=10 * ordinal + 1,
            end_line=10 * ordinal + 9,
            symbol=symbol,
            symbol_kind="function" if symbol else "",
            imports=("os", "sys"),
            text=text,
        )
        for ordinal, text in enumerate(texts)
    )
    return SourceFile(path=path, blob=blob, language=language, size=len(texts), chunks=chunks, symbols=symbols)


def unit(*values: float) -> Vector:
    """A vector of length 1 that starts with these."""
    vector = np.zeros(DIMENSION, np.float32)
    vector[: len(values)] = values
    return vector / np.float32(np.linalg.norm(vector))


def ids(chunks: Sequence[Chunk]) -> list[str]:
    return [chunk.id for chunk in chunks]
