"""The conformance tests of indexes: reading (reading.py), writing, administration."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Protocol

import pytest
from codekeep_runtime.core.symbol import Definition, FileSymbols, Import, Reference, ReferenceRole, SymbolKind
from codekeep_runtime.index.interface import Counts, Head, Index

from tests.runtime.index.files import BANK, MAIN, NEXT, OTHER, SHOP, ids, scope, source, unit
from tests.runtime.index.model import follows_its_model
from tests.runtime.index.reading import Reading

HEAD = Head(commit="2" * 40, indexed_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
SYMBOLS = FileSymbols(
    (Definition("pay", "Cart.pay", SymbolKind.METHOD, 1, 9),),
    (Reference("charge", ReferenceRole.CALL, 3, "Cart.pay", "self.bank"),),
    (Import("decimal", "Decimal", "D", 1),),
)


class Opener(Protocol):
    """Opens indexes of one kind by name. Can be pickled for other processes."""

    def open(self, name: str, embedder_version: str = "hash-1") -> Index:
        """The index of that name, with its earlier content."""
        ...

    def restore(self, snapshot: Path, name: str) -> Index: ...


def digest_of(opener: Opener, name: str) -> str:
    index = opener.open(name)
    try:
        return index.digest()
    finally:
        index.close()


class Conformance(Reading):
    """Tests of an index. A subclass provides the fixtures `opener` and `snapshots`, and may set `examples`."""

    examples = 30

    @pytest.fixture
    def index(self, opener: Opener) -> Iterator[Index]:
        index = opener.open("a")
        yield index
        with suppress(Exception):
            index.close()

    def test_a_file_is_read_as_it_was_written(self, index: Index) -> None:
        file = source("cart.py", "one", "two", symbol="Cart.pay", symbols=SYMBOLS)
        index.write(MAIN, [file])
        assert list(index.file(scope(SHOP), MAIN, "cart.py")) == list(file.chunks)
        assert index.blobs(MAIN) == {"cart.py": file.blob}
        assert index.counts(scope(SHOP)) == Counts(files=1, chunks=2, unembedded=2)
        assert list(index.branches()) == [MAIN]

    def test_a_new_version_of_a_file_replaces_chunks_vectors_and_symbols(self, index: Index) -> None:
        old = source("cart.py", "alpha", "beta", "gamma", symbols=SYMBOLS)
        index.write(MAIN, [old])
        index.put_vectors({chunk.id: unit(1) for chunk in old.chunks})
        new = source("cart.py", "delta")
        index.write(MAIN, [new])
        seen = scope(SHOP)
        assert list(index.file(seen, MAIN, "cart.py")) == list(new.chunks)
        assert index.chunks(seen, ids(old.chunks)) == {}
        assert [hit.chunk for hit in index.lexical(seen, "delta", 5)] == list(new.chunks)
        assert not index.lexical(seen, "alpha beta gamma", 5)
        assert not index.semantic(seen, unit(1), 5)
        assert not index.definitions(seen, "pay")
        assert not index.references(seen, "charge")
        assert index.counts(seen) == Counts(files=1, chunks=1, unembedded=1)

    def test_a_removed_path_is_deleted_and_others_stay(self, index: Index) -> None:
        gone, kept = source("gone.py", "alpha"), source("kept.py", "alpha")
        index.write(MAIN, [gone, kept])
        index.write(MAIN, [], ["gone.py", "never-there.py"])
        assert index.blobs(MAIN) == {"kept.py": kept.blob}
        assert [hit.chunk for hit in index.lexical(scope(SHOP), "alpha", 5)] == list(kept.chunks)

    def test_writing_twice_changes_nothing(self, index: Index) -> None:
        files = [source("a.py", "alpha", symbols=SYMBOLS), source("b.py", "beta")]
        index.write(MAIN, files)
        before = index.digest()
        index.write(MAIN, files)
        assert index.digest() == before
        assert index.counts(scope(SHOP)) == Counts(files=2, chunks=2, unembedded=2)
        assert len(index.references(scope(SHOP), "charge")) == 1
        assert len(index.lexical(scope(SHOP), "alpha", 5)) == 1

    def test_a_file_without_chunks_is_stored(self, index: Index) -> None:
        empty = source("__init__.py")
        index.write(MAIN, [empty])
        assert index.blobs(MAIN) == {"__init__.py": empty.blob}
        assert index.counts(scope(SHOP)) == Counts(files=1, chunks=0, unembedded=0)

    def test_heads_of_branches_are_stored(self, index: Index) -> None:
        assert index.head(MAIN) is None
        index.set_head(MAIN, HEAD)
        assert index.head(MAIN) == HEAD
        assert index.head(NEXT) is None
        assert list(index.branches()) == [MAIN]
        later = Head(commit="3" * 40, indexed_at=datetime(2026, 1, 3, tzinfo=UTC))
        index.set_head(MAIN, later)
        assert index.head(MAIN) == later

    def test_branches_are_sorted_and_separate(self, index: Index) -> None:
        for branch in (NEXT, MAIN, OTHER):
            index.write(branch, [source("a.py", "alpha", branch=branch)])
        assert list(index.branches()) == [OTHER, MAIN, NEXT]
        assert {branch: len(index.blobs(branch)) for branch in index.branches()} == {OTHER: 1, MAIN: 1, NEXT: 1}

    def test_a_dropped_branch_is_removed_completely(self, index: Index) -> None:
        files = [source("a.py", "alpha", "beta", symbols=SYMBOLS), source("b.py", "gamma")]
        other = source("a.py", "alpha", branch=NEXT)
        index.write(MAIN, files)
        index.write(NEXT, [other])
        index.put_vectors({chunk.id: unit(1) for file in files for chunk in file.chunks})
        index.set_head(MAIN, HEAD)
        assert index.drop(MAIN) == 3
        assert index.drop(MAIN) == 0
        seen = scope(SHOP)
        assert list(index.branches()) == [NEXT]
        assert index.head(MAIN) is None
        assert index.blobs(MAIN) == {}
        assert [hit.chunk for hit in index.lexical(seen, "alpha beta gamma", 9)] == list(other.chunks)
        assert not index.semantic(seen, unit(1), 9)
        assert not index.references(seen, "charge")
        assert index.counts(seen) == Counts(files=1, chunks=1, unembedded=1)

    def test_unembedded_lists_chunks_until_each_has_a_vector(self, index: Index) -> None:
        files = [source(f"{number}.py", "alpha", "beta") for number in range(4)]
        index.write(MAIN, files)
        wanted = {chunk.id: chunk for file in files for chunk in file.chunks}
        done: set[str] = set()
        while chunks := index.unembedded(3):
            assert len(chunks) <= 3
            assert not done & set(ids(chunks))
            assert all(chunk == wanted[chunk.id] for chunk in chunks)
            index.put_vectors({chunk.id: unit(1, number) for number, chunk in enumerate(chunks)})
            done.update(ids(chunks))
        assert done == set(wanted)
        assert index.counts(scope(SHOP)).unembedded == 0

    def test_a_vector_for_a_removed_chunk_is_ignored(self, index: Index) -> None:
        old, new = source("a.py", "alpha"), source("a.py", "beta")
        index.write(MAIN, [old])
        index.write(MAIN, [new])
        index.put_vectors({old.chunks[0].id: unit(1), new.chunks[0].id: unit(1), "f" * 32: unit(1)})
        assert [hit.chunk for hit in index.semantic(scope(SHOP), unit(1), 5)] == list(new.chunks)

    def test_another_vector_replaces_the_first(self, index: Index) -> None:
        file = source("a.py", "alpha", "beta")
        index.write(MAIN, [file])
        one, two = ids(file.chunks)
        index.put_vectors({one: unit(1), two: unit(0.6, 0.8)})
        assert index.semantic(scope(SHOP), unit(1), 2)[0].chunk.id == one
        index.put_vectors({one: unit(0, 0, 1)})
        hits = index.semantic(scope(SHOP), unit(1), 2)
        assert [hit.chunk.id for hit in hits] == [two, one]
        assert [hit.score for hit in hits] == pytest.approx([0.6, 0.0], abs=2e-3)

    def test_the_digest_depends_on_content_and_not_on_its_history(self, opener: Opener) -> None:
        files = [source(f"{n}.py", f"alpha{n}", "same", symbols=SYMBOLS, branch=MAIN) for n in range(5)]
        straight, detour = opener.open("straight"), opener.open("detour")
        straight.write(MAIN, files)
        detour.write(OTHER, [source("x.py", "x", branch=OTHER)])
        detour.write(MAIN, [source("1.py", "older"), source("gone.py", "gone")])
        for file in reversed(files):
            detour.write(MAIN, [file])
        assert straight.digest() != detour.digest()
        detour.write(MAIN, [], ["gone.py"])
        detour.drop(OTHER)
        detour.put_vectors({files[0].chunks[0].id: unit(1)})
        detour.set_head(MAIN, HEAD)
        assert straight.digest() == detour.digest()
        detour.write(MAIN, [source("1.py", "alpha1", "same")])  # other symbols
        assert straight.digest() != detour.digest()
        straight.close()
        detour.close()

    def test_a_snapshot_restores_to_an_equal_index(self, index: Index, opener: Opener, snapshots: Path) -> None:
        file = source("cart.py", "alpha", "beta", symbols=SYMBOLS)
        index.write(MAIN, [file])
        index.put_vectors({file.chunks[0].id: unit(1)})
        index.set_head(MAIN, HEAD)
        before = index.digest()
        index.snapshot(snapshots)
        index.write(MAIN, [source("later.py", "later")])
        index.close()
        restored = opener.restore(snapshots, "a")
        seen = scope(SHOP)
        assert restored.digest() == before
        assert restored.head(MAIN) == HEAD
        assert [hit.chunk.id for hit in restored.lexical(seen, "alpha", 5)] == [file.chunks[0].id]
        assert [hit.chunk.id for hit in restored.semantic(seen, unit(1), 5)] == [file.chunks[0].id]
        assert ids(restored.unembedded(5)) == [file.chunks[1].id]
        assert not restored.lexical(seen, "later", 5)
        restored.write(MAIN, [source("more.py", "more")])
        assert len(restored.lexical(seen, "more", 5)) == 1
        restored.close()

    def test_garbage_collection_removes_other_versions_only(self, opener: Opener) -> None:
        old = opener.open("a", "hash-0")
        old.write(MAIN, [source("a.py", "alpha")])
        old.set_head(MAIN, HEAD)
        old.close()
        index = opener.open("a", "hash-1")
        assert index.blobs(MAIN) == {}
        file = source("a.py", "alpha")
        index.write(MAIN, [file])
        index.set_head(MAIN, HEAD)
        index.put_vectors({file.chunks[0].id: unit(1)})
        before = index.digest()
        assert index.collect_garbage() == 1
        assert index.collect_garbage() == 0
        assert index.digest() == before
        assert len(index.lexical(scope(SHOP), "alpha", 5)) == len(index.semantic(scope(SHOP), unit(1), 5)) == 1
        index.close()

    def test_another_process_finds_what_was_written(self, index: Index, opener: Opener) -> None:
        index.write(MAIN, [source("cart.py", "alpha", symbols=SYMBOLS)])
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            assert pool.submit(digest_of, opener, "a").result() == index.digest()
        again = opener.open("a")
        assert len(again.lexical(scope(SHOP), "alpha", 5)) == 1
        again.close()

    def test_two_open_indexes_see_each_others_writes(self, index: Index, opener: Opener) -> None:
        other = opener.open("a")
        index.write(MAIN, [source("a.py", "alpha")])
        other.write(OTHER, [source("b.py", "beta", branch=OTHER)])
        index.write(MAIN, [source("c.py", "gamma")])
        for each in (index, other):
            assert each.counts(scope(SHOP, BANK)).files == 3
        assert len(index.lexical(scope(SHOP, BANK), "alpha beta gamma", 9)) == 3
        other.close()

    def test_threads_read_while_another_writes(self, index: Index) -> None:
        """Readers see only states that existed at some moment."""
        versions = [source("a.py", f"alpha {number}") for number in range(15)]
        known = {file.chunks[0].id: file.chunks[0] for file in versions}
        written = Event()

        def read() -> int:
            rounds = 0
            while not written.is_set():
                hits = [*index.lexical(scope(SHOP), "alpha", 5), *index.semantic(scope(SHOP), unit(1), 5)]
                assert all(hit.chunk == known[hit.chunk.id] for hit in hits)
                assert index.counts(scope(SHOP)).files <= 1
                rounds += 1
            return rounds

        with ThreadPoolExecutor(3) as pool:
            readers = [pool.submit(read) for _ in range(3)]
            try:
                for file in versions:
                    index.write(MAIN, [file])
                    index.put_vectors({file.chunks[0].id: unit(1)})
            finally:
                written.set()
            assert all(reader.result() > 0 for reader in readers)
        assert [hit.chunk for hit in index.lexical(scope(SHOP), "alpha", 5)] == list(versions[-1].chunks)

    def test_the_index_behaves_like_its_model(self, index: Index) -> None:
        follows_its_model(index, self.examples)
