"""A SQLite file with what moto does not emulate. Safe between threads and processes."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sandbox.aws.resource import Props

SCHEMA = """
CREATE TABLE IF NOT EXISTS recorded (
  account TEXT NOT NULL,
  region  TEXT NOT NULL,
  token   TEXT NOT NULL,
  id      TEXT NOT NULL,
  props   TEXT NOT NULL,
  PRIMARY KEY (account, region, token, id)
) WITHOUT ROWID
"""
BUSY_SECONDS = 20.0

Row = tuple[str, str, str, Props]


class SqliteLedger:
    """The entries of one account, or of another named owner."""

    def __init__(self, path: Path, account: str) -> None:
        self._path = path
        self._account = account
        self._local = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True)

    def put(self, region: str, token: str, id: str, props: Props) -> None:
        """Writes or overwrites one entry."""
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO recorded VALUES (?, ?, ?, ?, ?)",
                (self._account, region, token, id, json.dumps(props, sort_keys=True)),
            )

    def get(self, region: str, token: str, id: str) -> Props | None:
        """One entry, or None."""
        row = (
            self._connection()
            .execute(
                "SELECT props FROM recorded WHERE account = ? AND region = ? AND token = ? AND id = ?",
                (self._account, region, token, id),
            )
            .fetchone()
        )
        return None if row is None else _props(row[0])

    def list(self, region: str | None = None, token: str | None = None) -> list[Row]:
        """(region, token, id, props) of every entry that fits, in order."""
        rows = self._connection().execute(
            "SELECT region, token, id, props FROM recorded"
            " WHERE account = ? AND (? IS NULL OR region = ?) AND (? IS NULL OR token = ?) ORDER BY region, token, id",
            (self._account, region, region, token, token),
        )
        return [(row[0], row[1], row[2], _props(row[3])) for row in rows]

    def remove(self, region: str, token: str, id: str) -> None:
        """Deletes one entry; a missing one is no error."""
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM recorded WHERE account = ? AND region = ? AND token = ? AND id = ?",
                (self._account, region, token, id),
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        """One connection a thread: sqlite's own rule."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = _open(self._path)
            self._local.connection = found
        return found


def count_by_token(path: Path) -> dict[str, int]:
    """Number of entries of each type in the file; empty where there is no file."""
    if not path.exists():
        return {}
    with closing(_open(path)) as connection:
        return dict(connection.execute("SELECT token, count(*) FROM recorded GROUP BY token ORDER BY token").fetchall())


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(SCHEMA)
    return connection


def _props(text: str) -> Props:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError(f"ledger entry is no map: {text[:80]}")
    return found
