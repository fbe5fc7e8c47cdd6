"""What the runtime holds of a subject, store by store: how much it is, and how it goes away."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from codekeep_runtime.access.permissions import Permissions, PermissionStore
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.embed.cache import CachedEmbedder
from codekeep_runtime.index.interface import Index
from codekeep_runtime.prompts.bucket import PromptBucket
from codekeep_runtime.prompts.store import PromptStore


class Holding(Protocol):
    """`count` reads the store anew each time; `remove` is idempotent and may be killed at any point."""

    @property
    def name(self) -> str: ...

    def count(self) -> int: ...

    def remove(self) -> None: ...


@dataclass(frozen=True)
class InIndex:
    """Chunks with their vectors, files with their symbols, and branches with their heads."""

    index: Index
    repository: RepositoryId
    name: str = "index"

    def count(self) -> int:
        seen = self.index.counts(Scope(self.index.tenant, "purge", "", frozenset({self.repository})))
        return seen.chunks + seen.files + sum(each.repository == self.repository for each in self.index.branches())

    def remove(self) -> None:
        for branch in self.index.branches():
            if branch.repository == self.repository:
                self.index.drop(branch)
        self.index.collect_garbage()


@dataclass(frozen=True)
class InFolder:
    """Files of a folder that goes as a whole: a mirror; or what is made again when missing (caches, snapshots)."""

    name: str
    folder: Path

    def count(self) -> int:
        return sum(not path.is_dir() for path in self.folder.rglob("*"))

    def remove(self) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)


@dataclass(frozen=True)
class InIngestState:
    """Rows of ingest's SQLite file; deleted bytes are overwritten, in the file and in its log."""

    file: Path
    repository: RepositoryId
    name: str = "ingest-state"

    _TABLES = ("branches", "left_out", "outdated")

    def count(self) -> int:
        if not self.file.exists():
            return 0
        with closing(sqlite3.connect(self.file)) as database:
            query = "SELECT count(*) FROM {} WHERE substr(branch, 1, ?) = ?"
            found = [database.execute(query.format(table), self._prefix()).fetchone() for table in self._TABLES]
        return sum(row[0] for row in found)

    def remove(self) -> None:
        if not self.file.exists():
            return
        with closing(sqlite3.connect(self.file)) as database:
            database.execute("PRAGMA secure_delete = ON")
            with database:
                for table in self._TABLES:
                    query = f"DELETE FROM {table} WHERE substr(branch, 1, ?) = ?"  # noqa: S608 - names of ours
                    database.execute(query, self._prefix())
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _prefix(self) -> tuple[int, str]:
        prefix = f"{self.repository.key}\n"
        return len(prefix), prefix


@dataclass(frozen=True)
class InManifests:
    """Manifests of runs that name the repository; they go as a whole."""

    folder: Path
    repository: RepositoryId
    name: str = "manifests"

    def count(self) -> int:
        return len(self._naming())

    def remove(self) -> None:
        for path in self._naming():
            path.unlink(missing_ok=True)

    def _naming(self) -> list[Path]:
        named = (json.dumps(self.repository.key)[1:-1].encode(), self.repository.key.encode())
        return [path for path in self.folder.glob("*") if any(name in path.read_bytes() for name in named)]


@dataclass(frozen=True)
class InPermissions:
    """Who may read the repository, as its Git host said."""

    store: PermissionStore
    repository: RepositoryId
    name: str = "permissions"

    def count(self) -> int:
        return int(self.repository.key in self.store.last().repositories)

    def remove(self) -> None:
        self.store.change(self._without)

    def _without(self, told: Permissions) -> Permissions:
        return Permissions(repositories={k: each for k, each in told.repositories.items() if k != self.repository.key})


class InVectorCache:
    """Vectors that this process's file remembers. Hashes do not say of which repository they are: all of them go.

    Those that an indexer beside this process makes after that are of other repositories, and are not counted.
    """

    name = "vector-cache"

    def __init__(self, cache: CachedEmbedder) -> None:
        self._cache, self._is_noted = cache, False

    def count(self) -> int:
        if not self._is_noted:
            self._cache.note()
            self._is_noted = True
        return self._cache.count_noted()

    def remove(self) -> None:
        self._cache.clear()


@dataclass(frozen=True)
class InPrompts:
    """Prompts a reader asked; counted also while the store is off, since it may have been on."""

    store: PromptStore | PromptBucket
    reader_id: str
    name: str = "prompts"

    def count(self) -> int:
        return self.store.count(self.reader_id)

    def remove(self) -> None:
        self.store.forget(self.reader_id)


@dataclass(frozen=True)
class OfLogin:
    """A person's login among those whom Git hosts confirm."""

    store: PermissionStore
    login: str
    name: str = "permissions"

    def count(self) -> int:
        return sum(self.login.casefold() in each.logins for each in self.store.last().repositories.values())

    def remove(self) -> None:
        self.store.change(self._without)

    def _without(self, told: Permissions) -> Permissions:
        gone = {self.login.casefold()}
        rest = {k: each.model_copy(update={"logins": each.logins - gone}) for k, each in told.repositories.items()}
        return Permissions(repositories=rest)
