"""What is known of files that are not in the index, and what the rest was made with. Derived: losing it costs time."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codekeep_runtime.core.repository import Branch
from codekeep_runtime.core.skip import SkipReason

_SCHEMA = """
CREATE TABLE IF NOT EXISTS branches (branch TEXT PRIMARY KEY, made_with TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS left_out (
    branch TEXT NOT NULL, path TEXT NOT NULL, blob TEXT NOT NULL, reason TEXT NOT NULL,
    attempts INTEGER NOT NULL, retry_at REAL NOT NULL, PRIMARY KEY (branch, path)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outdated (
    branch TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (branch, path)
) WITHOUT ROWID;
"""
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 300.0, 86_400.0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`attempts` and `retry_at` (seconds since the epoch) are of quarantined files; 0 of others."""

    path: str
    blob: str
    reason: SkipReason
    attempts: int = 0
    retry_at: float = 0.0


class State:
    """One SQLite file; holds paths of repositories, hence for the owner's eyes only (0600)."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        path = folder / "ingest.sqlite"
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._clock = clock
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def begin(self, branch: Branch, made_with: str, indexed: Iterable[str]) -> frozenset[str]:
        """Which of the indexed paths were made by other versions, and must be made anew; also after a killed run."""
        key = _key(branch)
        found = self._connection.execute("SELECT made_with FROM branches WHERE branch = ?", (key,)).fetchone()
        if found is None or found[0] != made_with:
            with self._transaction():
                self._connection.execute("DELETE FROM left_out WHERE branch = ?", (key,))
                self._connection.executemany(
                    "INSERT OR IGNORE INTO outdated VALUES (?, ?)", [(key, path) for path in indexed]
                )
                self._connection.execute("INSERT OR REPLACE INTO branches VALUES (?, ?)", (key, made_with))
        return frozenset(
            row[0] for row in self._connection.execute("SELECT path FROM outdated WHERE branch = ?", (key,))
        )

    def is_done(self, branch: Branch, made_with: str) -> bool:
        """Nothing is outdated, and nothing that failed is due."""
        key = _key(branch)
        found = self._connection.execute(
            "SELECT 1 FROM branches WHERE branch = ? AND made_with = ? "
            "AND NOT EXISTS (SELECT 1 FROM outdated WHERE branch = ?) "
            "AND NOT EXISTS (SELECT 1 FROM left_out WHERE branch = ? AND reason = ? AND retry_at <= ?)",
            (key, made_with, key, key, SkipReason.QUARANTINED, self._clock()),
        ).fetchone()
        return found is not None

    def finish(self, branch: Branch, left_out: Iterable[str]) -> None:
        """The branch is complete; of what was left out, only these paths are there still."""
        gone = self.left_out(branch).keys() - set(left_out)
        with self._transaction():
            self._connection.execute("DELETE FROM outdated WHERE branch = ?", (_key(branch),))
            self._connection.executemany(
                "DELETE FROM left_out WHERE branch = ? AND path = ?", [(_key(branch), path) for path in gone]
            )

    def left_out(self, branch: Branch) -> Mapping[str, LeftOut]:
        query = "SELECT path, blob, reason, attempts, retry_at FROM left_out WHERE branch = ?"
        found = self._connection.execute(query, (_key(branch),))
        return {row[0]: LeftOut(row[0], row[1], SkipReason(row[2]), row[3], row[4]) for row in found}

    def leave_out(self, branch: Branch, files: Iterable[tuple[str, str, SkipReason]]) -> None:
        """(path, blob, reason): for good, as the reason holds for the blob whatever else changes."""
        self._put(branch, [LeftOut(*file) for file in files])

    def quarantine(self, branch: Branch, path: str, blob: str) -> int:
        """It failed once more; returns how often by now. The next attempt is due after twice the time."""
        before = self.left_out(branch).get(path)
        attempts = before.attempts + 1 if before and before.blob == blob else 1
        wait = min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), LAST_RETRY_SECONDS)
        self._put(branch, [LeftOut(path, blob, SkipReason.QUARANTINED, attempts, self._clock() + wait)])
        return attempts

    def is_due(self, file: LeftOut) -> bool:
        return file.reason is SkipReason.QUARANTINED and file.retry_at <= self._clock()

    def written(self, branch: Branch, paths: Iterable[str]) -> None:
        """These went into the index."""
        values = [(_key(branch), path) for path in paths]
        with self._transaction():
            self._connection.executemany("DELETE FROM left_out WHERE branch = ? AND path = ?", values)
            self._connection.executemany("DELETE FROM outdated WHERE branch = ? AND path = ?", values)

    def forget(self, branch: Branch) -> None:
        """Everything of a branch."""
        with self._transaction():
            for table in ("branches", "left_out", "outdated"):
                self._connection.execute(f"DELETE FROM {table} WHERE branch = ?", (_key(branch),))  # noqa: S608

    def close(self) -> None:
        self._connection.close()

    def _put(self, branch: Branch, files: Iterable[LeftOut]) -> None:
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO left_out VALUES (?, ?, ?, ?, ?, ?)",
                [(_key(branch), each.path, each.blob, each.reason, each.attempts, each.retry_at) for each in files],
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _key(branch: Branch) -> str:
    return f"{branch.repository.key}\n{branch.name}"
