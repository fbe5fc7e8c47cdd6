"""Statements of write transactions."""

import json
import sqlite3
from collections.abc import Sequence
from operator import attrgetter

from codekeep_runtime.core import Branch, SourceFile

# Remove the files whose ids are in a JSON list, in this order. `gone` tells the derived indexes which chunks to drop.
REMOVALS = (
    "INSERT INTO gone (chunk) SELECT row FROM chunks WHERE file IN (SELECT value FROM json_each(?))",
    "DELETE FROM vectors WHERE chunk IN (SELECT row FROM chunks WHERE file IN (SELECT value FROM json_each(?)))",
    "DELETE FROM unembedded WHERE chunk IN (SELECT row FROM chunks WHERE file IN (SELECT value FROM json_each(?)))",
    "DELETE FROM definitions WHERE file IN (SELECT value FROM json_each(?))",
    "DELETE FROM mentions WHERE file IN (SELECT value FROM json_each(?))",
    "DELETE FROM imports WHERE file IN (SELECT value FROM json_each(?))",
    "DELETE FROM files WHERE id IN (SELECT value FROM json_each(?))",
)


def branch_id(connection: sqlite3.Connection, branch: Branch) -> int:
    """The row id of a branch, which is inserted if it is new."""
    values = (branch.repository.key, branch.name)
    connection.execute("INSERT OR IGNORE INTO branches (repository, name) VALUES (?, ?)", values)
    found: int = connection.execute("SELECT id FROM branches WHERE repository = ? AND name = ?", values).fetchone()[0]
    return found


def add_file(connection: sqlite3.Connection, branch: int, file: SourceFile) -> None:
    file_id = connection.execute(
        "INSERT INTO files (branch, path, blob, language, size) VALUES (?, ?, ?, ?, ?)",
        (branch, file.path, file.blob, file.language, file.size),
    ).lastrowid
    _add_chunks(connection, branch, file, file_id)
    facts = file.symbols
    connection.executemany(
        "INSERT INTO definitions VALUES (?, ?, ?, ?, ?, ?)", [(file_id, *d) for d in facts.definitions]
    )
    connection.executemany("INSERT INTO mentions VALUES (?, ?, ?, ?, ?, ?)", [(file_id, *r) for r in facts.references])
    connection.executemany("INSERT INTO imports VALUES (?, ?, ?, ?, ?)", [(file_id, *i) for i in facts.imports])


def remove_files(connection: sqlite3.Connection, branch: int, paths: Sequence[str]) -> None:
    found = connection.execute(
        "SELECT id FROM files WHERE branch = ? AND path IN (SELECT value FROM json_each(?))",
        (branch, json.dumps(paths)),
    )
    _remove(connection, [id_ for (id_,) in found])


def remove_branch(connection: sqlite3.Connection, branch: Branch) -> int:
    """Returns the number of chunks removed."""
    values = (branch.repository.key, branch.name)
    found = connection.execute("SELECT id FROM branches WHERE repository = ? AND name = ?", values).fetchone()
    if not found:
        return 0
    count = _remove(connection, [id_ for (id_,) in connection.execute("SELECT id FROM files WHERE branch = ?", found)])
    connection.execute("DELETE FROM branches WHERE id = ?", found)
    return count


def put_vector(connection: sqlite3.Connection, id_: str, vector: bytes) -> None:
    found = connection.execute("SELECT row FROM chunks WHERE id = ?", (id_,)).fetchone()
    if found:
        connection.execute("INSERT OR REPLACE INTO vectors (chunk, vector) VALUES (?, ?)", (found[0], vector))
        connection.execute("DELETE FROM unembedded WHERE chunk = ?", found)


def _add_chunks(connection: sqlite3.Connection, branch: int, file: SourceFile, file_id: int | None) -> None:
    plain = attrgetter("id", "commit", "ordinal", "start_line", "end_line", "symbol", "symbol_kind", "text")
    connection.executemany(
        "INSERT INTO chunks (id, commit_, ordinal, start_line, end_line, symbol, symbol_kind, text, file, branch, "
        "imports) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(*plain(each), file_id, branch, json.dumps(each.imports)) for each in file.chunks],
    )
    connection.execute("INSERT INTO unembedded SELECT row FROM chunks WHERE file = ?", (file_id,))


def _remove(connection: sqlite3.Connection, files: Sequence[int]) -> int:
    """Removes files with everything that refers to them; returns the number of chunks."""
    values = (json.dumps(files),)
    for statement in REMOVALS:
        connection.execute(statement, values)
    return connection.execute("DELETE FROM chunks WHERE file IN (SELECT value FROM json_each(?))", values).rowcount
