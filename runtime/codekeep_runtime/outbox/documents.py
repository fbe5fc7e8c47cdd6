"""Branches and files as JSON documents, and back."""

from typing import Any

from codekeep_runtime.core import PLAIN_FIELDS, Branch, Chunk, FileSymbols, RepositoryId, SourceFile


def branch_document(branch: Branch) -> list[str]:
    return [branch.repository.key, branch.name]


def branch_of(document: list[str]) -> Branch:
    return Branch(RepositoryId.parse(document[0]), document[1])


def file_document(file: SourceFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "blob": file.blob,
        "language": file.language,
        "size": file.size,
        "chunks": [[getattr(chunk, name) for name in PLAIN_FIELDS] + [list(chunk.imports)] for chunk in file.chunks],
        "symbols": tuple(file.symbols),
    }


def file_of(document: dict[str, Any], branch: Branch) -> SourceFile:
    chunks = [
        Chunk(branch=branch, imports=tuple(row[-1]), **dict(zip(PLAIN_FIELDS, row, strict=False)))
        for row in document["chunks"]
    ]
    changed = {"chunks": tuple(chunks), "symbols": FileSymbols.of(document["symbols"])}
    return SourceFile(**document | changed)
