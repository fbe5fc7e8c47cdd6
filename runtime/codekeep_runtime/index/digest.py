"""A digest of an index's content, independent of the implementation and of the order of writes."""

import hashlib
import json
from collections.abc import Iterable

from codekeep_runtime.core import PLAIN_FIELDS, Chunk, FileSymbols


class Digest:
    """SHA-256 over files in the order of repository, branch and path. Commits and times do not count."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, chunks: Iterable[Chunk], symbols: FileSymbols) -> None:
        """Adds one file: its chunks by ordinal, its symbols in any order."""
        for chunk in sorted(chunks, key=lambda each: each.ordinal):
            plain = [getattr(chunk, name) for name in PLAIN_FIELDS if name != "commit"]
            self._line(chunk.branch.repository.key, chunk.branch.name, chunk.imports, *plain)
        for group in (symbols.definitions, symbols.references, symbols.imports):
            for fact in sorted(group):
                self._line(*fact)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def _line(self, *values: object) -> None:
        self._hash.update(json.dumps(values, ensure_ascii=True).encode() + b"\n")
