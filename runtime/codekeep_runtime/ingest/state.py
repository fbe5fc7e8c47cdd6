"""State of ingest between runs: which files it skipped and why, and the version each branch was processed with.

All of it is derived: losing the file costs time, nothing else.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from codekeep_runtime.core import Branch, SkipReason
from codekeep_runtime.core.sqlite import transaction

FILE, TABLES = "ingest.sqlite", ("branches", "left_out", "outdated")
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
class SkippedFile:
    """`attempts` and `retry_at` (seconds since the epoch) are set for quarantined files and 0 for others."""

    path: str
    blob: str
    reason: SkipReason
    attempts: int = 0
    retry_at: float = 0.0


class State:
    """One SQLite file with mode 0600, since it contains paths of repositories."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        path = folder / FILE
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._clock = clock
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def begin(self, branch: Branch, version: str, indexed: Iterable[str]) -> frozenset[str]:
        """Returns the indexed paths that another version processed, and that must be processed again; also after a
        killed run.
        """
        key = _key(branch)
        found = self._connection.execute("SELECT made_with FROM branches WHERE branch = ?", (key,)).fetchone()
        if found is None or found[0] != version:
            with transaction(self._connection) as write:
                write.execute("DELETE FROM left_out WHERE branch = ?", (key,))
                write.executemany("INSERT OR IGNORE INTO outdated VALUES (?, ?)", [(key, path) for path in indexed])
                write.execute("INSERT OR REPLACE INTO branches VALUES (?, ?)", (key, version))
        outdated = self._connection.execute("SELECT path FROM outdated WHERE branch = ?", (key,))
        return frozenset(path for (path,) in outdated)

    def is_done(self, branch: Branch, version: str) -> bool:
        """Whether nothing is outdated and no quarantined file is due."""
        key = _key(branch)
        found = self._connection.execute(
            "SELECT 1 FROM branches WHERE branch = ? AND made_with = ? "
            "AND NOT EXISTS (SELECT 1 FROM outdated WHERE branch = ?) "
            "AND NOT EXISTS (SELECT 1 FROM left_out WHERE branch = ? AND reason = ? AND retry_at <= ?)",
            (key, version, key, key, SkipReason.QUARANTINED, self._clock()),
        ).fetchone()
        return found is not None

    def finish(self, branch: Branch, skipped: Iterable[str]) -> None:
        """Marks the branch as complete; skipped files other than these no longer exist."""
        gone = self.skipped(branch).keys() - set(skipped)
        with transaction(self._connection) as write:
            write.execute("DELETE FROM outdated WHERE branch = ?", (_key(branch),))
            self._remove("left_out", branch, gone)

    def skipped(self, branch: Branch) -> Mapping[str, SkippedFile]:
        """The skipped files of a branch, by path."""
        query = "SELECT path, blob, reason, attempts, retry_at FROM left_out WHERE branch = ?"
        rows = self._connection.execute(query, (_key(branch),))
        return {path: SkippedFile(path, blob, SkipReason(reason), *retry) for path, blob, reason, *retry in rows}

    def skip(self, branch: Branch, files: Iterable[SkippedFile]) -> None:
        """Remembers files whose content is a reason to skip them: the reason stays with the blob, whatever else
        changes.
        """
        rows = [(_key(branch), each.path, each.blob, each.reason, each.attempts, each.retry_at) for each in files]
        with transaction(self._connection) as write:
            write.executemany("INSERT OR REPLACE INTO left_out VALUES (?, ?, ?, ?, ?, ?)", rows)

    def quarantine(self, branch: Branch, path: str, blob: str) -> int:
        """Counts a failure and returns how many there were. The wait for the next attempt doubles each time."""
        before = self.skipped(branch).get(path)
        attempts = before.attempts + 1 if before and before.blob == blob else 1
        wait = min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), LAST_RETRY_SECONDS)
        self.skip(branch, [SkippedFile(path, blob, SkipReason.QUARANTINED, attempts, self._clock() + wait)])
        return attempts

    def is_due(self, file: SkippedFile) -> bool:
        return file.reason is SkipReason.QUARANTINED and file.retry_at <= self._clock()

    def mark_indexed(self, branch: Branch, paths: Iterable[str]) -> None:
        """Records that these paths are in the index."""
        written = list(paths)
        with transaction(self._connection):
            self._remove("left_out", branch, written)
            self._remove("outdated", branch, written)

    def forget(self, branch: Branch) -> None:
        with transaction(self._connection) as write:
            for table in TABLES:
                write.execute(f"DELETE FROM {table} WHERE branch = ?", (_key(branch),))  # noqa: S608 - a constant

    def close(self) -> None:
        self._connection.close()

    def _remove(self, table: str, branch: Branch, paths: Iterable[str]) -> None:
        rows = [(_key(branch), path) for path in paths]
        self._connection.executemany(f"DELETE FROM {table} WHERE branch = ? AND path = ?", rows)  # noqa: S608


def _key(branch: Branch) -> str:
    return f"{branch.repository.key}\n{branch.name}"
