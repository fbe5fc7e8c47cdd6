"""Properties of an index on a server: versions, requests, killed writes, errors, files."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.faults import DataFault
from codekeep_contracts.index_names import code_index
from codekeep_runtime.index.analysis import words
from codekeep_runtime.index.faults import IndexFault
from codekeep_runtime.index.opensearch import OpenSearchIndex, connect
from codekeep_runtime.index.opensearch.mapping import CODE
from codekeep_runtime.index.opensearch.versions import SERVING_SECONDS

from tests.real.opensearch.prefixes import REGION, Prefixes
from tests.real.opensearch.server import Server
from tests.runtime.index.conformance import HEAD, SYMBOLS
from tests.runtime.index.files import DIMENSION, MAIN, NEXT, SHOP, scope, source, unit

CANARY = "zyzzyvacanary"
SEEN = scope(SHOP)


@pytest.fixture
def no_forgetting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skips purging deleted text from segments, which waits half a minute and does not matter here."""
    monkeypatch.setattr("codekeep_runtime.index.opensearch.index.expunge_deleted", lambda *_: None)


class KilledError(BaseException):
    """Simulates a kill: no code catches it."""


@contextmanager
def watched(opener: Prefixes, before: Callable[[str, str], None]) -> Iterator[None]:
    """`before(method, path)` is called for each request, and may raise."""
    transport = opener.store.client.transport
    perform = transport.perform_request

    def watch(method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        before(method, url)
        return perform(method, url, *args, **kwargs)

    transport.perform_request = watch  # type: ignore[method-assign]
    try:
        yield
    finally:
        transport.perform_request = perform  # type: ignore[method-assign]


def read_all(index: OpenSearchIndex) -> int:
    """Calls every method that reads; the total number of results."""
    chunk = source("a.py", "alpha").chunks[0]
    answers = [
        index.lexical(SEEN, "alpha", 5),
        index.semantic(SEEN, unit(1), 5),
        index.chunks(SEEN, [chunk.id]),
        index.file(SEEN, MAIN, "a.py"),
        index.definitions(SEEN, "pay"),
        index.references(SEEN, "charge"),
        index.references_within(SEEN, MAIN, "a.py", "Cart.pay"),
        index.imports(SEEN, MAIN, "a.py"),
    ]
    return sum(map(len, answers)) + index.counts(SEEN).files


def fill(index: OpenSearchIndex, *, embed: bool = True) -> None:
    file = source("a.py", "alpha", symbols=SYMBOLS)
    index.write(MAIN, [file])
    index.set_head(MAIN, HEAD)
    if embed:
        index.put_vectors({file.chunks[0].id: unit(1)})


def test_the_analyzer_splits_words_like_the_embedded_index(opener: Prefixes) -> None:
    opener.open("a")
    texts = [
        "HTTPServer.getName",
        "snake_case_name",
        "src/ledger/a-b.go",
        "utf8Decode2x",
        "größeÄndern",
        "x²+½ café",
        "日本語 テスト",
    ]
    for text in texts:
        tokens = opener.store.client.indices.analyze(
            index=code_index(f"{opener.prefix}a_", "hash-1"), body={"analyzer": CODE, "text": text}
        )
        found = [each["token"] for each in tokens["tokens"]]
        assert len(found) == len(words(text)) > 0
        assert all(word.startswith(token[:3]) for word, token in zip(words(text), found, strict=True))  # stems


def test_reading_sends_only_requests_that_readers_may_send(opener: Prefixes) -> None:
    fill(opener.open("a"))
    sent: set[str] = set()
    with watched(opener, lambda method, _: sent.add(method)):
        assert read_all(opener.at("a")) == 9
    assert "POST" in sent
    assert sent <= {"GET", "HEAD", "POST"}


def test_reading_before_the_first_write_finds_nothing(opener: Prefixes) -> None:
    assert read_all(opener.at("nowhere")) == 0


def test_every_request_names_the_keeps_index_in_its_path(opener: Prefixes) -> None:
    paths: list[str] = []
    with watched(opener, lambda _, path: paths.append(path)):
        index = opener.open("a")
        fill(index)
        read_all(index)
        index.drop(MAIN)
        index.digest()
        index.collect_garbage()
    assert len(paths) > 20
    assert [path for path in paths if not path.startswith(f"/{opener.prefix}a_")] == []


@pytest.mark.usefixtures("no_forgetting")
def test_the_old_version_serves_until_the_new_one_is_complete(opener: Prefixes) -> None:
    fill(opener.open("a", "one-1"))
    reader = opener.at("a", "one-1")
    assert len(reader.semantic(SEEN, unit(1), 5)) == 1
    new = opener.open("a", "two-1")
    file = source("b.py", "alpha")
    new.write(MAIN, [file])
    assert [hit.chunk.path for hit in new.lexical(SEEN, "alpha", 5)] == ["a.py"]
    assert not new.semantic(SEEN, unit(1), 5)  # the serving version has another embedder's vectors
    new.put_vectors({file.chunks[0].id: unit(1)})
    assert [hit.chunk.path for hit in new.lexical(SEEN, "alpha", 5)] == ["a.py"]  # a head is missing
    new.set_head(MAIN, HEAD)
    assert [hit.chunk.path for hit in new.semantic(SEEN, unit(1), 5)] == ["b.py"]
    time.sleep(SERVING_SECONDS)
    assert [hit.chunk.path for hit in reader.lexical(SEEN, "alpha", 5)] == ["b.py"]
    assert not reader.semantic(SEEN, unit(1), 5)
    assert new.collect_garbage() == 1


@pytest.mark.usefixtures("no_forgetting")
def test_a_new_version_does_not_serve_before_every_chunk_has_a_vector(opener: Prefixes) -> None:
    fill(opener.open("a", "one-1"))
    new = opener.open("a", "two-1")
    fill(new, embed=False)
    assert new.collect_garbage() == 0
    assert len(opener.at("a", "one-1").semantic(SEEN, unit(1), 5)) == 1
    new.put_vectors({each.id: unit(1) for each in new.unembedded(9)})
    assert new.collect_garbage() == 1


def test_a_dropped_branch_is_removed_from_every_version(opener: Prefixes) -> None:
    old = opener.open("a", "one-1")
    fill(old)
    new = opener.open("a", "two-1")
    assert list(new.branches()) == [MAIN]
    assert new.drop(MAIN) == 0  # of its own
    assert list(new.branches()) == []
    assert read_all(opener.at("a", "one-1")) == 0


def test_an_index_of_another_embedder_is_not_written(opener: Prefixes, server: Server) -> None:
    opener.open("a")
    other = OpenSearchIndex(opener.store, f"{opener.prefix}a_", "acme", "hash-1", DIMENSION + 1)
    with pytest.raises(DataFault, match="hash-1 with 8 dimensions"):
        other.prepare()


@pytest.mark.parametrize("goes_on", ["again", "back"])
def test_a_write_killed_at_any_request_is_completed_by_the_next(opener: Prefixes, goes_on: str) -> None:
    """Brings the index to these files as ingest does: compares blobs and writes what differs."""
    old = [source("a.py", "alpha", "beta", symbols=SYMBOLS), source("gone.py", "gone")]
    new = [source("a.py", "gamma"), source("new.py", "delta", symbols=SYMBOLS)]
    clean, index = opener.open("clean"), opener.open("a")
    clean.write(MAIN, new if goes_on == "again" else old)
    killed = 0
    while True:
        bring_to(index, old)
        countdown = iter(range(killed, -1, -1))

        def kill(_method: str, _path: str, countdown: Iterator[int] = countdown) -> None:
            if next(countdown, 1) == 0:
                raise KilledError

        try:
            with watched(opener, kill):
                index.write(MAIN, new, ["gone.py"])
        except KilledError:
            killed += 1
        else:
            break
        bring_to(index, new if goes_on == "again" else old)
        assert index.digest() == clean.digest(), f"killed at request {killed}"
    assert killed >= 5


def bring_to(index: OpenSearchIndex, files: list[Any]) -> None:
    blobs, wanted = index.blobs(MAIN), {file.path: file for file in files}
    changed = [file for file in files if blobs.get(file.path) != file.blob]
    index.write(MAIN, changed, set(blobs) - set(wanted))


def test_errors_and_logs_contain_no_indexed_text(opener: Prefixes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    connect(opener.url, REGION)  # sets the client's loggers, as the fixture did before
    index = opener.open("a")
    file = source("a.py", CANARY)
    bad = replace(file, chunks=(replace(file.chunks[0], ordinal=CANARY),))  # type: ignore[arg-type]
    with pytest.raises(IndexFault) as refused:
        index.write(MAIN, [bad])
    with pytest.raises(IndexFault) as rejected:
        opener.store.search(code_index(f"{opener.prefix}a_", "hash-1"), {"query": {"term": {"ordinal": CANARY}}})
    index.lexical(SEEN, CANARY, 5)
    for fault in (refused, rejected):
        assert CANARY not in str(fault.value)
        assert fault.value.__cause__ is None
    assert CANARY not in caplog.text


def test_after_garbage_collection_no_file_of_the_server_contains_removed_text(opener: Prefixes, server: Server) -> None:
    index = opener.open("a")
    index.write(MAIN, [source("kept.py", "alpha")])
    index.write(NEXT, [source(f"{CANARY}.py", CANARY, symbol=CANARY, branch=NEXT)])
    data = server.snapshots.parent
    assert files_containing(data, CANARY)
    assert index.drop(NEXT) == 1
    index.collect_garbage()
    assert files_containing(data, CANARY) == []
    assert len(index.lexical(SEEN, "alpha", 5)) == 1


def files_containing(root: Path, word: str) -> list[str]:
    found = []
    for path in root.rglob("*"):
        try:
            if path.is_file() and word.encode() in path.read_bytes():
                found.append(str(path.relative_to(root)))
        except FileNotFoundError:
            continue  # a segment that has just been merged
    return found
