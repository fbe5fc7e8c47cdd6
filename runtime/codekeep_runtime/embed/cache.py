"""A cache of vectors, so that equal text is embedded once."""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codekeep_runtime.embed.embedder import Embedder

VECTORS_MAX = 2_000_000  # about 2.5 GB of 256 dimensions
_BUSY_SECONDS = 30.0
_KEYS_PER_QUERY = 500
_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB NOT NULL UNIQUE, vector BLOB NOT NULL)"


class CachedEmbedder:
    """Keeps vectors of documents by a hash of text and embedding-space version, but no vectors of queries.

    Several threads and processes may share the file. Each call's vectors are written all or none. A damaged file is
    replaced by an empty one, which costs only time.

    Args:
        file: made if it is missing, readable by its owner only. Contains no text.
        max_vectors: vectors kept; the oldest are removed first.
    """

    def __init__(self, embedder: Embedder, file: Path, max_vectors: int = VECTORS_MAX) -> None:
        self._embedder, self._file, self._max_vectors = embedder, file, max_vectors
        self.version, self.dimension = embedder.version, embedder.dimension
        self._lock = threading.Lock()
        self._database = _open(file)

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        keys = [self._key(text) for text in texts]
        known = self._recall(dict.fromkeys(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            vectors = self._embedder.documents(list(missing.values()))
            fresh = dict(zip(missing, vectors, strict=True))
            self._remember(fresh)
            known.update(fresh)
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, self.dimension), np.float32)

    def query(self, text: str) -> NDArray[np.float32]:
        return self._embedder.query(text)

    def clear(self) -> int:
        """Removes everything, from the disk too; returns how many vectors there were."""
        with self._lock:
            with self._database:
                count = self._database.execute("DELETE FROM vectors").rowcount
            self._database.execute("VACUUM")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return count

    def note(self) -> None:
        """Notes, for this process, which vectors there are now."""
        with self._lock:
            self._database.execute("DROP TABLE IF EXISTS temp.noted")
            self._database.execute("CREATE TEMP TABLE noted AS SELECT key FROM main.vectors")

    def count_noted(self) -> int:
        """Number of noted vectors that are still there."""
        with self._lock:
            query = "SELECT count(*) FROM main.vectors WHERE key IN (SELECT key FROM temp.noted)"
            return int(self._database.execute(query).fetchone()[0])

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _key(self, text: str) -> bytes:
        content = f"{self.version}\0{self.dimension}\0{text}"
        return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def _recall(self, keys: dict[bytes, None]) -> dict[bytes, NDArray[np.float32]]:
        wanted, found = list(keys), dict[bytes, bytes]()
        with self._lock:
            for start in range(0, len(wanted), _KEYS_PER_QUERY):
                some = wanted[start : start + _KEYS_PER_QUERY]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608 - marks only
                found.update(self._database.execute(query, some).fetchall())
        size = self.dimension * 4
        return {key: np.frombuffer(vector, "<f4") for key, vector in found.items() if len(vector) == size}

    def _remember(self, vectors: dict[bytes, NDArray[np.float32]]) -> None:
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()]
        with self._lock, self._database:  # one transaction
            self._database.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
            self._database.execute(
                "DELETE FROM vectors WHERE rowid <= (SELECT max(rowid) FROM vectors) - ?", (self._max_vectors,)
            )


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(file)
    except sqlite3.OperationalError:  # busy, disk full or no permission: the file itself is intact
        raise
    except sqlite3.DatabaseError:
        for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
            file.with_name(name).unlink(missing_ok=True)
        return _connect(file)


def _connect(file: Path) -> sqlite3.Connection:
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    database = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level="IMMEDIATE", check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA secure_delete = ON")
        database.execute(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database
