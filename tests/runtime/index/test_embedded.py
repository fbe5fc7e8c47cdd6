"""The embedded index passes the conformance suite; content of its files; kills."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from codekeep_runtime.index.embedded import EmbeddedIndex

from tests.runtime.index.conformance import HEAD, SYMBOLS, Conformance
from tests.runtime.index.files import DIMENSION, MAIN, SHOP, TENANT, scope, source, unit

CANARY = "zyzzyvacanary"


@dataclass(frozen=True)
class Folders:
    """Opens an index in a folder of its own for each name."""

    root: Path

    def open(self, name: str, embedder_version: str = "hash-1") -> EmbeddedIndex:
        return EmbeddedIndex.open(self.root / name, TENANT, embedder_version, DIMENSION)

    def restore(self, snapshot: Path, name: str) -> EmbeddedIndex:
        return EmbeddedIndex.restore(snapshot, self.root / name, TENANT, "hash-1", DIMENSION)


@pytest.fixture
def opener(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


class TestEmbeddedIndex(Conformance):
    @pytest.fixture
    def snapshots(self, tmp_path: Path) -> Path:
        return tmp_path / "snapshot"


def files_containing(root: Path, word: str) -> list[str]:
    """Names of the files in which the word's bytes are."""
    every = [(path, path.read_bytes()) for path in root.rglob("*") if path.is_file()]
    assert every
    return [path.name for path, content in every if word.encode() in content]


def segments(root: Path) -> set[str]:
    """Files with words in a compressed form."""
    return {path.name for path in root.rglob("*.term")}


@pytest.mark.parametrize("dropped", [True, False], ids=["branch", "file"])
def test_after_garbage_collection_no_file_contains_removed_text(opener: Folders, tmp_path: Path, dropped: bool) -> None:
    index = opener.open("a")
    kept, gone = source("kept.py", "alpha"), source(f"{CANARY}path.py", f"{CANARY}text", symbol=f"{CANARY}symbol")
    others = [source(f"{n}.py", f"other words {n} " * 200, symbols=SYMBOLS) for n in range(50)]
    index.write(MAIN, [kept, gone, *others])
    index.put_vectors({gone.chunks[0].id: unit(1)})
    index.set_head(MAIN, HEAD)
    assert len(index.lexical(scope(SHOP), f"{CANARY}text", 5)) == 1
    before = segments(tmp_path)
    assert before
    assert files_containing(tmp_path, CANARY) == ["index.sqlite-wal"]
    if dropped:
        index.drop(MAIN)
        index.write(MAIN, [kept])
    else:
        index.write(MAIN, [], [gone.path])
    index.collect_garbage()
    assert files_containing(tmp_path, CANARY) == []
    assert files_containing(tmp_path, "alpha") == ["index.sqlite"]
    assert segments(tmp_path)
    assert not segments(tmp_path) & before
    assert [hit.chunk for hit in index.lexical(scope(SHOP), "alpha", 5)] == list(kept.chunks)
    index.write(MAIN, [source("later.py", "later")])
    assert len(index.lexical(scope(SHOP), "later", 5)) == 1
    index.close()


def test_opening_completes_the_work_of_a_killed_writer(opener: Folders) -> None:
    index = opener.open("a")
    index._updater.run = lambda: None  # type: ignore[method-assign]  # killed between database and text index
    index.write(MAIN, [source("a.py", "alpha")])
    index.close()
    again = opener.open("a")
    assert len(again.lexical(scope(SHOP), "alpha", 5)) == 1
    again.close()


def test_a_reader_does_not_block_writers(opener: Folders) -> None:
    first = opener.open("a")
    first._updater.run = lambda: None  # type: ignore[method-assign]
    first.write(MAIN, [source("a.py", "alpha")])
    reader, writer = opener.open("a"), opener.open("a")  # the reader caught up
    writer.write(MAIN, [source("b.py", "beta")])
    assert len(writer.lexical(scope(SHOP), "alpha beta", 5)) == 2
    for each in (first, reader, writer):
        each.close()


def test_a_commit_killed_before_its_last_file_is_repeated(opener: Folders, tmp_path: Path) -> None:
    """tantivy names files by the commit's number and does not overwrite those of a killed commit."""
    index = opener.open("a")
    index.write(MAIN, [source(f"{n}.py", f"words {n}") for n in range(20)])
    index.close()
    (text,) = tmp_path.rglob("text")
    before = {path.name: path.read_bytes() for path in text.iterdir()}
    index = opener.open("a")
    index.write(MAIN, [], ["3.py"])
    index.close()
    written = {path.name for path in text.iterdir()} - before.keys()
    assert any(name.endswith(".del") for name in written)
    managed = (text / ".managed.json").read_bytes()
    for name, content in before.items():  # all that the killed commit wrote is there, but not what makes it count
        (text / name).write_bytes(content)
    (text / ".managed.json").write_bytes(managed)
    again = opener.open("a")
    assert len(again.lexical(scope(SHOP), "words", 50)) == 19
    again.close()
