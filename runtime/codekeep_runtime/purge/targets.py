"""The stores that a purge deletes from."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from codekeep_runtime.access.permissions import PermissionStore
from codekeep_runtime.core import RepositoryId, Scope
from codekeep_runtime.core.sqlite import transaction
from codekeep_runtime.embed.cache import CachedEmbedder
from codekeep_runtime.index.interface import Index
from codekeep_runtime.ingest.state import TABLES
from codekeep_runtime.outbox.documents import branch_of
from codekeep_runtime.outbox.objects import Objects
from codekeep_runtime.outbox.outbox import MAX_KEYS, STATES, STEPS
from codekeep_runtime.prompts.opt_in import Prompts


@dataclass(frozen=True)
class PurgeTarget:
    """Data of one subject in one store.

    Args:
        name: in the proof.
        count: how much there is now; reads the store each time.
        remove: idempotent; may be killed at any point.
    """

    name: str
    count: Callable[[], int]
    remove: Callable[[], object]


def index_target(index: Index, repository: RepositoryId) -> PurgeTarget:
    """Chunks with their vectors, files with their symbols, and branches with their heads."""

    def count() -> int:
        found = index.counts(Scope(index.tenant, "purge", "", frozenset({repository})))
        return found.chunks + found.files + sum(branch.repository == repository for branch in index.branches())

    def remove() -> None:
        for branch in index.branches():
            if branch.repository == repository:
                index.drop(branch)
        index.collect_garbage()

    return PurgeTarget("index", count, remove)


def folder_target(name: str, folder: Path) -> PurgeTarget:
    """All files of a folder."""

    def count() -> int:
        return sum(not path.is_dir() for path in folder.rglob("*"))

    def remove() -> None:
        if folder.exists():
            shutil.rmtree(folder)

    return PurgeTarget(name, count, remove)


def ingest_state_target(file: Path, repository: RepositoryId) -> PurgeTarget:
    """Rows of ingest's SQLite file. Deleted bytes are overwritten, in the file and in its write-ahead log."""
    prefix = f"{repository.key}\n"
    where = (len(prefix), prefix)

    def count() -> int:
        if not file.exists():
            return 0
        with closing(sqlite3.connect(file)) as database:
            query = "SELECT count(*) FROM {} WHERE substr(branch, 1, ?) = ?"
            return sum(database.execute(query.format(table), where).fetchone()[0] for table in TABLES)

    def remove() -> None:
        if not file.exists():
            return
        with closing(sqlite3.connect(file, isolation_level=None)) as database:
            database.execute("PRAGMA secure_delete = ON")
            with transaction(database):
                for table in TABLES:
                    database.execute(f"DELETE FROM {table} WHERE substr(branch, 1, ?) = ?", where)  # noqa: S608
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    return PurgeTarget("ingest-state", count, remove)


def manifest_target(folder: Path, repository: RepositoryId) -> PurgeTarget:
    """Manifests of runs that name the repository; complete files are deleted."""
    spellings = (json.dumps(repository.key)[1:-1].encode(), repository.key.encode())

    def found() -> list[Path]:
        return [path for path in folder.glob("*") if any(each in path.read_bytes() for each in spellings)]

    def remove() -> None:
        for path in found():
            path.unlink(missing_ok=True)

    return PurgeTarget("manifests", lambda: len(found()), remove)


def outbox_target(objects: Objects, repository: RepositoryId) -> PurgeTarget:
    """Steps in the outbox that ingest sent, and that the indexer has not applied yet."""

    def keys() -> Iterable[str]:
        yield from objects.keys(f"{STATES}{repository.id}/", MAX_KEYS)
        for key in objects.keys(STEPS, MAX_KEYS):
            step = objects.get(key)
            if step is not None and branch_of(step["branch"]).repository == repository:
                yield key

    def remove() -> None:
        for key in list(keys()):
            objects.delete(key)

    return PurgeTarget("outbox", lambda: sum(1 for _ in keys()), remove)


def repository_permissions_target(store: PermissionStore, repository: RepositoryId) -> PurgeTarget:
    """Logins that may read the repository, as its Git host reported."""
    return PurgeTarget(
        "permissions",
        lambda: int(repository.key in store.latest().repositories),
        lambda: store.change(lambda permissions: permissions.without_repository(repository.key)),
    )


def login_target(store: PermissionStore, login: str) -> PurgeTarget:
    """A person's login among those that Git hosts reported."""
    return PurgeTarget(
        "permissions",
        lambda: sum(login.casefold() in each.logins for each in store.latest().repositories.values()),
        lambda: store.change(lambda permissions: permissions.without_login(login)),
    )


def vector_cache_target(cache: CachedEmbedder) -> PurgeTarget:
    """All vectors that are in this process's cache now, since hashes do not tell their repository.

    Vectors that an indexer adds afterwards are of other repositories and are not counted.
    """
    cache.note()
    return PurgeTarget("vector-cache", cache.count_noted, cache.clear)


def prompt_target(store: Prompts, reader_id: str, name: str = "prompts") -> PurgeTarget:
    """A reader's prompts. They are counted while storing is off, too, since it may have been on."""
    return PurgeTarget(name, lambda: store.count(reader_id), lambda: store.forget(reader_id))
