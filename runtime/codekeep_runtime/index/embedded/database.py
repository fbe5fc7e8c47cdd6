"""The SQLite file: its schema, and one connection per thread."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codekeep_contracts.faults import DataFault

from codekeep_runtime.core.sqlite import transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS branches (
    id INTEGER PRIMARY KEY, repository TEXT NOT NULL, name TEXT NOT NULL, head TEXT, indexed_at TEXT,
    UNIQUE (repository, name)
);
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, branch INTEGER NOT NULL, path TEXT NOT NULL, blob TEXT NOT NULL, language TEXT NOT NULL,
    size INTEGER NOT NULL, UNIQUE (branch, path)
);
CREATE TABLE IF NOT EXISTS chunks (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, file INTEGER NOT NULL, branch INTEGER NOT NULL,
    commit_ TEXT NOT NULL, ordinal INTEGER NOT NULL, start_line INTEGER NOT NULL, end_line INTEGER NOT NULL,
    symbol TEXT NOT NULL, symbol_kind TEXT NOT NULL, imports TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS chunks_by_file ON chunks (file);
CREATE TABLE IF NOT EXISTS vectors (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL UNIQUE, vector BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS unembedded (chunk INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS gone (sequence INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS definitions (
    file INTEGER NOT NULL, name TEXT NOT NULL, qualified_name TEXT NOT NULL, kind TEXT NOT NULL,
    start_line INTEGER NOT NULL, end_line INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS definitions_by_name ON definitions (name);
CREATE INDEX IF NOT EXISTS definitions_by_file ON definitions (file);
CREATE TABLE IF NOT EXISTS mentions (
    file INTEGER NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, line INTEGER NOT NULL, enclosing TEXT NOT NULL,
    receiver TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS mentions_by_name ON mentions (name);
CREATE INDEX IF NOT EXISTS mentions_by_file ON mentions (file);
CREATE TABLE IF NOT EXISTS imports (
    file INTEGER NOT NULL, module TEXT NOT NULL, name TEXT NOT NULL, alias TEXT NOT NULL, line INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS imports_by_file ON imports (file);
CREATE VIEW IF NOT EXISTS chunk_rows AS
    SELECT c.row, c.branch AS branch_id, b.repository, b.name AS branch, c.id, c.commit_, f.path, f.blob, c.ordinal,
        f.language, c.start_line, c.end_line, c.symbol, c.symbol_kind, c.text, c.imports
    FROM chunks c JOIN files f ON f.id = c.file JOIN branches b ON b.id = c.branch;
CREATE VIEW IF NOT EXISTS definition_rows AS
    SELECT b.repository, b.name AS branch, f.path, d.name, d.qualified_name, d.kind, d.start_line, d.end_line,
        f.branch AS branch_id
    FROM definitions d JOIN files f ON f.id = d.file JOIN branches b ON b.id = f.branch;
CREATE VIEW IF NOT EXISTS mention_rows AS
    SELECT b.repository, b.name AS branch, f.path, m.name, m.role, m.line, m.enclosing, m.receiver,
        f.branch AS branch_id
    FROM mentions m JOIN files f ON f.id = m.file JOIN branches b ON b.id = f.branch;
"""
BUSY_SECONDS = 60


class Database:
    """The database in WAL mode: all processes read while one writes. A killed process loses nothing that was
    committed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._writing = threading.Lock()
        self.read.executescript(SCHEMA)

    @property
    def read(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        with self._writing, transaction(self.read) as connection:
            yield connection

    def truncate_log(self) -> None:
        """Removes old pages from the write-ahead log. In the file itself, freed pages are already zeros.

        Raises:
            DataFault: another connection has been reading for more than a minute.
        """
        busy = self.read.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise DataFault("the index is being read without a pause, so removed text stays in its log; try again")

    def close(self) -> None:
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # survives a kill; a power failure may lose the last commits
        connection.execute("PRAGMA secure_delete = ON")  # deleted content is overwritten with zeros
        connection.execute("PRAGMA cache_size = -65536")
        return connection
