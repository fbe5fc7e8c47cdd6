"""A keep's index under a new schema version: the old one serves until the new one has everything."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts import index_names
from codekeep_runtime.core import RepositoryId, Scope
from codekeep_runtime.index.opensearch import OpenSearchIndex, Store
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.ingest import Ingest, Options, pipeline_version
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.outbox import Outbox, Worker
from codekeep_runtime.outbox.objects import Objects
from codekeep_runtime.screen import Policy
from opensearchpy import OpenSearch

from tests.real.opensearch.server import Server
from tests.runtime.embedders import HashEmbedder
from tests.runtime.repositories import Repository

FILES = 8
SHOP, CORE = (RepositoryId("git.example", "acme", name) for name in ("shop", "core"))
SCOPE = Scope("acme", "0" * 16, "", frozenset({SHOP, CORE}))
EMBEDDER = HashEmbedder()


class MemoryObjects(Objects):
    """A bucket's folder."""

    def __init__(self) -> None:
        self._objects: dict[str, str] = {}

    def put(self, key: str, document: Any) -> None:
        self._objects[key] = json.dumps(document)

    def get(self, key: str) -> Any:
        return json.loads(self._objects[key]) if key in self._objects else None

    def version(self, key: str) -> str | None:
        return self._objects.get(key)

    def delete(self, key: str) -> None:
        self._objects.pop(key, None)

    def keys(self, folder: str, limit: int = 1_000) -> Iterator[str]:
        yield from sorted(key for key in self._objects if key.startswith(folder))[:limit]


class MigratedKeep:
    """Two repositories, an outbox, and the index of one schema version at a time."""

    def __init__(self, server: Server, prefix: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._store, self._prefix, self._monkeypatch = Store(OpenSearch(server.url)), prefix, monkeypatch
        self._objects, self._folder = MemoryObjects(), folder
        self.repositories = {each: Repository(folder / each.name) for each in (SHOP, CORE)}
        for name, repository in self.repositories.items():
            repository.commit({f"f{n}.py": f"def {name.name}{n}():\n    return {n}\n" for n in range(FILES)})

    def start_indexer(self, schema: int) -> None:
        """A new indexer pod of a release with this schema version."""
        self._monkeypatch.setattr(index_names, "SCHEMA_VERSION", schema)
        self.index = OpenSearchIndex(self._store, self._prefix, "acme", EMBEDDER.version, EMBEDDER.dimension).prepare()
        self._worker = Worker(self._objects, self.index, Embedding(self.index, EMBEDDER).run, lambda _: False)
        self._worker.begin()

    def ingest(self, *repositories: RepositoryId) -> None:
        writer = Outbox(self._objects, pipeline_version(Policy()))
        sources = [Source(repository=each, location=str(self.repositories[each].path)) for each in repositories]
        Ingest(writer, None, self._folder / "ingest", Options(workers=1, trusts_index=True)).run(sources)

    def work(self) -> None:
        while self._worker.run_once():
            pass

    def found(self) -> tuple[int, int]:
        """How many of the functions lexical and semantic search find."""
        names = [f"{each.name}{n}" for each in (SHOP, CORE) for n in range(FILES)]
        lexical = sum(bool(self.index.lexical(SCOPE, name, 3)) for name in names)
        return lexical, len(self.index.semantic(SCOPE, EMBEDDER.query("a function"), 100))

    def serving(self) -> str:
        """Its schema version."""
        found: str = self._store.client.get(index=f"{self._prefix}access", id="index.serving")["_source"]["content"]
        return found.removeprefix(self._prefix)[:2]


@pytest.fixture
def keep(server: Server, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MigratedKeep:
    keep = MigratedKeep(server, prefix, tmp_path, monkeypatch)
    keep.start_indexer(1)
    keep.ingest(SHOP, CORE)
    keep.work()
    assert (keep.found(), keep.serving()) == ((2 * FILES, 2 * FILES), "v1")
    return keep


def change_one_file(keep: MigratedKeep) -> None:
    keep.repositories[SHOP].commit({"f0.py": "def shop0():\n    return 'changed'\n"})


def test_the_old_index_serves_until_every_branch_was_sent_again(keep: MigratedKeep) -> None:
    keep.start_indexer(2)
    keep.work()
    assert (keep.found(), keep.serving()) == ((2 * FILES, 2 * FILES), "v1")
    change_one_file(keep)
    keep.ingest(SHOP)  # a push
    keep.work()
    assert (keep.found(), keep.serving()) == ((2 * FILES, 2 * FILES), "v1")
    keep.ingest(SHOP, CORE)  # the night
    keep.work()
    assert (keep.found(), keep.serving()) == ((2 * FILES, 2 * FILES), "v2")


def test_steps_on_their_way_during_the_change_do_not_make_an_incomplete_index_serve(keep: MigratedKeep) -> None:
    for repository in keep.repositories.values():
        repository.commit({"f0.py": "def shop0(): ...\n\n\ndef core0(): ...\n"})
    keep.ingest(SHOP, CORE)  # one file of each, and two heads
    keep.start_indexer(2)
    keep.work()
    assert keep.serving() == "v1"
    keep.ingest(SHOP, CORE)
    keep.work()
    assert keep.serving() == "v2"
    assert keep.found()[0] == 2 * FILES


def test_a_branch_that_came_incomplete_is_sent_again(keep: MigratedKeep, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "begin", lambda *_, **__: None)  # a run of ingest brought its old states back
        keep.start_indexer(2)
    for repository in keep.repositories.values():
        repository.commit({"f0.py": "def shop0(): ...\n\n\ndef core0(): ...\n"})
    keep.ingest(SHOP, CORE)
    keep.work()
    assert keep.serving() == "v1"
    keep.ingest(SHOP, CORE)
    keep.work()
    assert keep.serving() == "v2"
    assert keep.found()[0] == 2 * FILES
