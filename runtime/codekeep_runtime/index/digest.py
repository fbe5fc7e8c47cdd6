"""One digest for equal contents, whatever holds them and in whichever order they came."""

import hashlib
import json
from collections.abc import Iterable

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.symbol import FileSymbols


class Digest:
    """SHA-256 over files in the order of repository, branch and path. Commits and times are left out."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, chunks: Iterable[Chunk], symbols: FileSymbols) -> None:
        """One file: its chunks by ordinal, its symbols in any order."""
        for chunk in sorted(chunks, key=lambda each: each.ordinal):
            self._line(
                chunk.id,
                chunk.branch.repository.key,
                chunk.branch.name,
                chunk.path,
                chunk.blob,
                chunk.ordinal,
                chunk.language,
                chunk.start_line,
                chunk.end_line,
                chunk.symbol,
                chunk.symbol_kind,
                list(chunk.imports),
                chunk.text,
            )
        for group in (symbols.definitions, symbols.references, symbols.imports):
            for fact in sorted(group):
                self._line(*fact)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def _line(self, *values: object) -> None:
        self._hash.update(json.dumps(values, ensure_ascii=True).encode() + b"\n")
