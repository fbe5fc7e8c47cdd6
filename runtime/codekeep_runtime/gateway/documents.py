"""Chunks and symbols as JSON, as a reader gets them."""

from typing import Any

from codekeep_runtime.core import Chunk
from codekeep_runtime.index.interface import FoundDefinition, FoundReference


def chunk_document(chunk: Chunk) -> dict[str, Any]:
    return {
        "id": chunk.id,
        "repository": chunk.branch.repository.key,
        "branch": chunk.branch.name,
        "commit": chunk.commit,
        "path": _encodable(chunk.path),
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "language": chunk.language,
        "symbol": chunk.symbol,
        "text": _encodable(chunk.text),
    }


def symbol_document(found: FoundDefinition | FoundReference) -> dict[str, Any]:
    symbol = found.definition if isinstance(found, FoundDefinition) else found.reference
    return {
        "repository": found.branch.repository.key,
        "branch": found.branch.name,
        "path": _encodable(found.path),
        **symbol._asdict(),
    }


def _encodable(text: str) -> str:
    """Bytes that are not UTF-8, which Git allows in paths, become question marks."""
    return text.encode("utf-8", "replace").decode()
