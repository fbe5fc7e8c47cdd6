"""A piece of a file, cut along its syntax. Chunks are embedded, searched and cited."""

import hashlib
from dataclasses import dataclass, fields

from codekeep_runtime.core.repository import Branch


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Lines are 1-based and inclusive. `text` has secrets masked and as many lines as the source.

    `commit` is the first indexed commit with this blob at this path, so `path` and lines are valid there.
    """

    id: str
    branch: Branch
    commit: str
    path: str
    blob: str
    ordinal: int  # 0-based within the file
    language: str
    start_line: int
    end_line: int
    symbol: str  # qualified name of the enclosing definition, "" at the top of a file
    symbol_kind: str  # a SymbolKind, or ""
    imports: tuple[str, ...]
    text: str


PLAIN_FIELDS = tuple(each.name for each in fields(Chunk) if each.name not in ("branch", "imports"))
"""Fields that are strings or numbers: stores write them in this order."""


def chunk_id(branch: Branch, path: str, blob: str, ordinal: int) -> str:
    """32 hex digits. A changed file gets new ids, so an old citation finds nothing rather than something else."""
    parts = "\0".join((branch.repository.key, branch.name, path, blob, str(ordinal)))
    return hashlib.blake2b(parts.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
