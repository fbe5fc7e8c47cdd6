"""Converts chunks, files and heads to documents and back."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from codekeep_runtime.core import PLAIN_FIELDS, Branch, Chunk, FileSymbols, RepositoryId, SourceFile
from codekeep_runtime.index.interface import Head
from codekeep_runtime.index.opensearch.store import Document

CHUNK, FILE, HEAD = "chunk", "file", "head"
UNFINISHED = ""  # blob of a file that is being written; differs from every real blob, so ingest writes it again


def file_key(branch: Branch, path: str) -> str:
    return f"file-{_hash(branch.repository.key, branch.name, path)}"


def head_key(branch: Branch) -> str:
    return f"head-{_hash(branch.repository.key, branch.name)}"


def chunk_document(chunk: Chunk) -> Document:
    plain = {name: getattr(chunk, name) for name in PLAIN_FIELDS if name != "id"}
    own = {"file": file_key(chunk.branch, chunk.path), "imports": list(chunk.imports), "embedded": False}
    return _document(CHUNK, chunk.id, chunk.branch) | plain | own


def chunk(document: Document) -> Chunk:
    plain = {name: document[name] for name in PLAIN_FIELDS if name != "id"}
    return Chunk(id=document["key"], branch=branch(document), imports=tuple(document["imports"]), **plain)


def file_document(branch_: Branch, file: SourceFile) -> Document:
    facts = file.symbols
    return _document(FILE, file_key(branch_, file.path), branch_) | {
        "file_path": file.path,
        "blob": file.blob,
        "size": file.size,
        "chunks": [each.id for each in file.chunks],
        "symbols": tuple(facts),
        "defines": sorted({each.name for each in facts.definitions}),
        "mentions": sorted({each.name for each in facts.references}),
    }


def unfinished_file(branch_: Branch, path: str, chunks: Collection[str]) -> Document:
    """A file between two versions, with the chunk ids of both."""
    own = {"file_path": path, "blob": UNFINISHED, "chunks": sorted(chunks), "symbols": [[], [], []]}
    return _document(FILE, file_key(branch_, path), branch_) | own


def symbols(document: Document) -> FileSymbols:
    return FileSymbols.of(document["symbols"])


def head_document(branch_: Branch, head_: Head) -> Document:
    own = {"commit": head_.commit, "indexed_at": head_.indexed_at.isoformat()}
    return _document(HEAD, head_key(branch_), branch_) | own


def head(document: Document) -> Head:
    return Head(commit=document["commit"], indexed_at=datetime.fromisoformat(document["indexed_at"]))


def branch(document: Document) -> Branch:
    return Branch(RepositoryId.parse(document["repository"]), document["branch"])


def index_action(document: Document) -> Document:
    return {"_op_type": "index", "_id": document["key"], "_source": document}


def delete_action(key: str) -> Document:
    return {"_op_type": "delete", "_id": key}


def _document(kind: str, key: str, branch_: Branch) -> Document:
    return {"kind": kind, "key": key, "repository": branch_.repository.key, "branch": branch_.name}


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
