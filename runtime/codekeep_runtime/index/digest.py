"""A digest of an index's content, independent of the implementation and of the order of writes."""

import hashlib
import json
from collections.abc import Iterable

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.symbol import FileSymbols

_FIELDS = "path blob ordinal language start_line end_line symbol symbol_kind imports text".split()  # noqa: SIM905


class Digest:
    """SHA-256 over files in the order of repository, branch and path. Commits and times do not count."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, chunks: Iterable[Chunk], symbols: FileSymbols) -> None:
        """Adds one file: its chunks by ordinal, its symbols in any order."""
        for chunk in sorted(chunks, key=lambda each: each.ordinal):
            fields = [getattr(chunk, name) for name in _FIELDS]
            self._line(chunk.id, chunk.branch.repository.key, chunk.branch.name, *fields)
        for group in (symbols.definitions, symbols.references, symbols.imports):
            for fact in sorted(group):
                self._line(*fact)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def _line(self, *values: object) -> None:
        self._hash.update(json.dumps(values, ensure_ascii=True).encode() + b"\n")
