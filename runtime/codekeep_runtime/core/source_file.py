"""A parsed and screened file, ready to be written to the index."""

from dataclasses import dataclass

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.symbol import FileSymbols


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """Replaces any earlier content of its path in the branch."""

    path: str
    blob: str
    language: str
    size: int  # bytes of the blob
    chunks: tuple[Chunk, ...]
    symbols: FileSymbols
