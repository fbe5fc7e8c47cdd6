"""Converts rows of the database."""

import json
import sqlite3
from typing import Any

from codekeep_runtime.core import (
    PLAIN_FIELDS,
    Branch,
    Chunk,
    Definition,
    FileSymbols,
    Import,
    Reference,
    ReferenceRole,
    RepositoryId,
    SymbolKind,
)
from codekeep_runtime.index.interface import FoundDefinition, FoundReference

ENTRIES = (
    "SELECT c.row, c.branch, f.language, f.path, c.symbol, c.text FROM chunks c JOIN files f ON f.id = c.file "
    "WHERE c.row > ? ORDER BY c.row LIMIT ?"
)
Row = tuple[Any, ...]


def chunk(row: Row) -> Chunk:
    """Makes a chunk from a row of `chunk_rows`."""
    plain = dict(zip(PLAIN_FIELDS, row[4:-1], strict=True))
    return Chunk(branch=branch(row[2:4]), imports=tuple(json.loads(row[-1])), **plain)


def found_definition(row: Row) -> FoundDefinition:
    """Makes a definition from a row of `definition_rows`."""
    return FoundDefinition(branch=branch(row), path=row[2], definition=_definition(row[3:8]))


def found_reference(row: Row) -> FoundReference:
    """Makes a reference from a row of `mention_rows`."""
    return FoundReference(branch=branch(row), path=row[2], reference=_reference(row[3:8]))


def branch(row: Row) -> Branch:
    """Makes a branch from a row that starts with repository and name."""
    return Branch(RepositoryId.parse(row[0]), row[1])


def symbols(connection: sqlite3.Connection, file_id: int) -> FileSymbols:
    definitions = connection.execute(
        "SELECT name, qualified_name, kind, start_line, end_line FROM definitions WHERE file = ? ORDER BY rowid",
        (file_id,),
    )
    mentions = connection.execute(
        "SELECT name, role, line, enclosing, receiver FROM mentions WHERE file = ? ORDER BY rowid", (file_id,)
    )
    imports = connection.execute(
        "SELECT module, name, alias, line FROM imports WHERE file = ? ORDER BY rowid", (file_id,)
    )
    return FileSymbols(
        tuple(map(_definition, definitions)), tuple(map(_reference, mentions)), tuple(Import(*each) for each in imports)
    )


def _definition(row: Row) -> Definition:
    return Definition(row[0], row[1], SymbolKind(row[2]), row[3], row[4])


def _reference(row: Row) -> Reference:
    return Reference(row[0], ReferenceRole(row[1]), row[2], row[3], row[4])
