"""One tenant's index in one folder."""

import json
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np

from codekeep_runtime.core import Branch, Chunk, FileSymbols, Import, RepositoryId, Scope, SourceFile
from codekeep_runtime.index.digest import Digest
from codekeep_runtime.index.embedded import changes, rows
from codekeep_runtime.index.embedded.database import Database
from codekeep_runtime.index.embedded.matrix import STORED, Matrix
from codekeep_runtime.index.embedded.text_index import TextIndex
from codekeep_runtime.index.embedded.text_index_updater import TextIndexUpdater
from codekeep_runtime.index.guard import replace_surrogates, visible_repositories
from codekeep_runtime.index.interface import (
    EVERYTHING,
    Counts,
    FoundDefinition,
    FoundReference,
    Head,
    Hit,
    Index,
    Narrowing,
    Vector,
)

DATABASE, TEXT = "index.sqlite", "text"
_VISIBLE = "branch_id IN (SELECT value FROM json_each(?))"
SCHEMA_VERSION = 1  # of the files; another version is a sub-folder of its own


class EmbeddedIndex(Index):
    """The index in a folder (see index.interface.Index). Several processes may `open` it; one of them writes."""

    def __init__(self, folder: Path, tenant: str, dimension: int) -> None:
        self.tenant, self._folder = tenant, folder
        self._database = Database(folder / DATABASE)
        self._text = TextIndex(folder / TEXT)
        self._matrix = Matrix(dimension)
        self._updater = TextIndexUpdater(self._database, self._text)

    @classmethod
    def open(cls, folder: Path, tenant: str, embedder_version: str, dimension: int) -> Self:
        """Each schema version and embedder has its own sub-folder."""
        own = folder / f"v{SCHEMA_VERSION}-{embedder_version}"
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        index = cls(own, tenant, dimension)
        index._updater.try_once()
        return index

    def prepare(self) -> Self:
        """`open` has created everything."""
        return self

    def is_migrating(self) -> bool:
        """An embedded index of another version never serves."""
        return False

    def is_empty(self) -> bool:
        return not self.branches()

    # Writing

    def write(self, branch: Branch, files: Sequence[SourceFile], removed: Collection[str] = ()) -> None:
        with self._database.write() as connection:
            branch_id = changes.branch_id(connection, branch)
            changes.remove_files(connection, branch_id, [*removed, *(file.path for file in files)])
            for file in files:
                changes.add_file(connection, branch_id, file)
        self._updater.run()

    def set_head(self, branch: Branch, head: Head) -> None:
        with self._database.write() as connection:
            connection.execute(
                "UPDATE branches SET head = ?, indexed_at = ? WHERE id = ?",
                (head.commit, head.indexed_at.isoformat(), changes.branch_id(connection, branch)),
            )

    def head(self, branch: Branch) -> Head | None:
        found = self._read.execute(
            "SELECT head, indexed_at FROM branches WHERE repository = ? AND name = ? AND head IS NOT NULL",
            (branch.repository.key, branch.name),
        ).fetchone()
        return Head(commit=found[0], indexed_at=datetime.fromisoformat(found[1])) if found else None

    def branches(self) -> Sequence[Branch]:
        found = self._read.execute(
            "SELECT repository, name FROM branches WHERE head IS NOT NULL OR id IN (SELECT branch FROM files)"
        )
        return sorted(Branch(RepositoryId.parse(key), name) for key, name in found)

    def blobs(self, branch: Branch) -> Mapping[str, str]:
        found = self._read.execute(
            "SELECT path, blob FROM files WHERE branch = (SELECT id FROM branches WHERE repository = ? AND name = ?)",
            (branch.repository.key, branch.name),
        )
        return dict(found.fetchall())

    def drop(self, branch: Branch) -> int:
        with self._database.write() as connection:
            count = changes.remove_branch(connection, branch)
        self._updater.run()
        return count

    def unembedded(self, limit: int) -> Sequence[Chunk]:
        found = self._read.execute(
            "SELECT * FROM chunk_rows WHERE row IN (SELECT chunk FROM unembedded ORDER BY chunk LIMIT ?)", (limit,)
        )
        return [rows.chunk(each) for each in found]

    def put_vectors(self, vectors: Mapping[str, Vector]) -> None:
        with self._database.write() as connection:
            for id_, vector in vectors.items():
                changes.put_vector(connection, id_, np.asarray(vector, STORED).tobytes())

    # Reading

    def lexical(self, scope: Scope, query: str, k: int, narrowing: Narrowing = EVERYTHING) -> Sequence[Hit]:
        branches = self._branches(scope, narrowing)
        return self._hits(self._text.search(query, k, branches, narrowing.languages), branches)

    def semantic(self, scope: Scope, vector: Vector, k: int, narrowing: Narrowing = EVERYTHING) -> Sequence[Hit]:
        branches = self._branches(scope, narrowing)
        if not branches:
            return []
        languages = narrowing.languages
        found = self._matrix.search(self._read, np.asarray(vector, np.float32), k, branches, languages)
        return self._hits(found, branches)

    def chunks(self, scope: Scope, ids: Collection[str]) -> Mapping[str, Chunk]:
        found = self._read.execute(
            f"SELECT * FROM chunk_rows WHERE id IN (SELECT value FROM json_each(?)) AND {_VISIBLE}",  # noqa: S608
            (_json(ids), _json(self._branches(scope))),
        )
        return {each.id: each for each in map(rows.chunk, found)}

    def file(self, scope: Scope, branch: Branch, path: str) -> Sequence[Chunk]:
        if branch.repository not in visible_repositories(self.tenant, scope):
            return []
        return self._file_chunks(branch, path)

    def definitions(self, scope: Scope, name: str) -> Sequence[FoundDefinition]:
        found = self._read.execute(
            f"SELECT * FROM definition_rows WHERE name = ? AND {_VISIBLE} "  # noqa: S608
            "ORDER BY repository, branch, path, start_line",
            (replace_surrogates(name.rpartition(".")[2]), _json(self._branches(scope))),
        )
        every = map(rows.found_definition, found)
        return [each for each in every if f".{each.definition.qualified_name}".endswith(f".{name}")]

    def references(self, scope: Scope, name: str) -> Sequence[FoundReference]:
        found = self._read.execute(
            f"SELECT * FROM mention_rows WHERE name = ? AND {_VISIBLE} "  # noqa: S608
            "ORDER BY repository, branch, path, line",
            (replace_surrogates(name), _json(self._branches(scope))),
        )
        return [rows.found_reference(each) for each in found]

    def references_within(self, scope: Scope, branch: Branch, path: str, enclosing: str) -> Sequence[FoundReference]:
        if branch.repository not in visible_repositories(self.tenant, scope):
            return []
        found = self._read.execute(
            "SELECT * FROM mention_rows WHERE repository = ? AND branch = ? AND path = ? AND enclosing = ? "
            "ORDER BY line",
            (*_location(branch, path), replace_surrogates(enclosing)),
        )
        return [rows.found_reference(each) for each in found]

    def imports(self, scope: Scope, branch: Branch, path: str) -> Sequence[Import]:
        if branch.repository not in visible_repositories(self.tenant, scope):
            return []
        return self._symbols(branch, path).imports

    def counts(self, scope: Scope) -> Counts:
        files, chunks, unembedded = self._read.execute(
            "WITH seen AS (SELECT value FROM json_each(?)) "
            "SELECT (SELECT count(*) FROM files WHERE branch IN seen), "
            "(SELECT count(*) FROM chunks WHERE branch IN seen), "
            "(SELECT count(*) FROM unembedded u JOIN chunks c ON c.row = u.chunk WHERE c.branch IN seen)",
            (_json(self._branches(scope)),),
        ).fetchone()
        return Counts(files=files, chunks=chunks, unembedded=unembedded)

    # Administration

    def digest(self) -> str:
        digest = Digest()
        for branch in self.branches():
            for path in sorted(self.blobs(branch)):
                digest.add(self._file_chunks(branch, path), self._symbols(branch, path))
        return digest.hexdigest()

    def snapshot(self, target: Path) -> None:
        """Copies the database alone, since the rest is derived from it."""
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy = sqlite3.connect(target / f"{DATABASE}.part")
        try:
            self._read.backup(copy)
        finally:
            copy.close()
        (target / f"{DATABASE}.part").replace(target / DATABASE)

    @classmethod
    def restore(cls, snapshot: Path, folder: Path, tenant: str, embedder_version: str, dimension: int) -> Self:
        """A new index from a snapshot, in place of what the folder contains."""
        own = folder / f"v{SCHEMA_VERSION}-{embedder_version}"
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir(parents=True, mode=0o700)
        shutil.copyfile(snapshot / DATABASE, own / DATABASE)
        return cls.open(folder, tenant, embedder_version, dimension)

    def collect_garbage(self) -> int:
        """Removes folders of other versions, and text and words of deleted documents from all files.

        Blocks that the file system freed are out of reach, so the folder belongs on an encrypted disk.
        """
        others = [each for each in self._folder.parent.iterdir() if each.is_dir() and each != self._folder]
        for other in others:
            shutil.rmtree(other)
        self._updater.forget()
        self._database.truncate_log()
        return len(others)

    def close(self) -> None:
        self._database.close()

    @property
    def _read(self) -> sqlite3.Connection:
        return self._database.read

    def _branches(self, scope: Scope, narrowing: Narrowing = EVERYTHING) -> dict[int, Branch]:
        """Visible branches by row id, to which every query is restricted."""
        repositories = visible_repositories(self.tenant, scope, narrowing)
        if not repositories:
            return {}
        found = self._read.execute(
            "SELECT id, repository, name FROM branches WHERE repository IN (SELECT value FROM json_each(?))",
            (_json(each.key for each in repositories),),
        )
        branches = {id_: rows.branch(key_and_name) for id_, *key_and_name in found}
        names = narrowing.branches
        return {id_: each for id_, each in branches.items() if names is None or each.name in names}

    def _hits(self, found: Sequence[tuple[int, float]], branches: Mapping[int, Branch]) -> Sequence[Hit]:
        """Loads the chunks of rows, without those that were removed meanwhile or belong to other branches."""
        scores = dict(found)
        query = "SELECT * FROM chunk_rows WHERE row IN (SELECT value FROM json_each(?))"
        read = self._read.execute(query, (_json(scores),))
        chunks = {each[0]: rows.chunk(each) for each in read if each[1] in branches}
        return [Hit(chunks[row], score) for row, score in scores.items() if row in chunks]

    def _file_chunks(self, branch: Branch, path: str) -> list[Chunk]:
        found = self._read.execute(
            "SELECT * FROM chunk_rows WHERE repository = ? AND branch = ? AND path = ? ORDER BY ordinal",
            _location(branch, path),
        )
        return [rows.chunk(each) for each in found]

    def _symbols(self, branch: Branch, path: str) -> FileSymbols:
        found = self._read.execute(
            "SELECT f.id FROM files f JOIN branches b ON b.id = f.branch "
            "WHERE b.repository = ? AND b.name = ? AND f.path = ?",
            _location(branch, path),
        ).fetchone()
        return rows.symbols(self._read, found[0]) if found else FileSymbols()


def _location(branch: Branch, path: str) -> tuple[str, str, str]:
    return replace_surrogates(branch.repository.key), replace_surrogates(branch.name), replace_surrogates(path)


def _json(values: Iterable[str] | Iterable[int]) -> str:
    """Any number of values as one parameter, for SQLite's json_each."""
    return json.dumps(list(values))
