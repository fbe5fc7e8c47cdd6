"""Types that every part of the runtime uses. Imports the standard library and contracts only."""

from codekeep_runtime.core.chunk import PLAIN_FIELDS, Chunk, chunk_id
from codekeep_runtime.core.reader import Reader, Scope
from codekeep_runtime.core.repository import LOCAL_HOST, Branch, RepositoryId
from codekeep_runtime.core.skip import SkipReason
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import Definition, FileSymbols, Import, Reference, ReferenceRole, SymbolKind

__all__ = [
    "LOCAL_HOST",
    "PLAIN_FIELDS",
    "Branch",
    "Chunk",
    "Definition",
    "FileSymbols",
    "Import",
    "Reader",
    "Reference",
]
__all__ += ["ReferenceRole", "RepositoryId", "Scope", "SkipReason", "SourceFile", "SymbolKind", "chunk_id"]
