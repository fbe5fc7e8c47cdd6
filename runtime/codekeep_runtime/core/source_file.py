"""A file of a branch as it goes into the index: parsed, screened, ready to be written."""

from dataclasses import dataclass

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.symbol import FileSymbols


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """Replaces whatever the index holds of this path in this branch."""

    path: str
    blob: str
    language: str
    size: int  # bytes of the blob
    chunks: tuple[Chunk, ...]
    symbols: FileSymbols
