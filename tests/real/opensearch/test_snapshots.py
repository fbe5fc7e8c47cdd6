"""`codekeep-runtime snapshot` against a real server, with a repository in a folder of its own."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from codekeep_contracts.faults import DataFault, Fault, UsageFault
from codekeep_runtime.cli.main import cli
from codekeep_runtime.index.opensearch import OpenSearchIndex
from codekeep_runtime.index.opensearch.restore import SnapshotRestore
from codekeep_runtime.index.opensearch.snapshots import Snapshots
from codekeep_runtime.index.opensearch.versions import Versions
from codekeep_runtime.models.served import served_embedder

from tests.real.opensearch.prefixes import Prefixes
from tests.real.opensearch.server import Server
from tests.runtime.cli.keep import keep_settings
from tests.runtime.index.conformance import HEAD
from tests.runtime.index.files import MAIN, NEXT, SHOP, TENANT, scope, source

SEEN = scope(SHOP)
WIDE = 64
VECTOR = np.eye(1, WIDE, dtype=np.float32)[0]


class KilledError(BaseException):
    """Simulates a kill: no code catches it."""


@dataclass
class Keep:
    """A keep's settings and index, and `codekeep-runtime snapshot` run in this process."""

    settings: Path
    folder: Path
    opener: Prefixes
    embedder: str

    def index(self, embedder: str | None = None) -> OpenSearchIndex:
        return OpenSearchIndex(self.opener.store, self.opener.prefix, TENANT, embedder or self.embedder, WIDE)

    def versions(self) -> Versions:
        return Versions(self.opener.store, self.opener.prefix, self.embedder, WIDE)

    def restoring(self) -> SnapshotRestore:
        return SnapshotRestore(self.opener.store, self.versions(), Snapshots(self.opener.store, "codekeep-demo"))

    def __call__(self, *arguments: str, fault: type[Fault] | None = None) -> Any:
        command = [*arguments, "--settings", str(self.settings), "--folder", str(self.folder), "--json"]
        result = CliRunner().invoke(cli, ["snapshot", *command], standalone_mode=False)
        if fault:
            assert type(result.exception) is fault, result.output
            return str(result.exception)
        assert result.exception is None, result.output
        return json.loads(result.stdout)


@pytest.fixture
def keep(server: Server, opener: Prefixes, tmp_path: Path) -> Iterator[Keep]:
    settings = keep_settings(index={"endpoint": opener.url, "prefix": opener.prefix, "dimension": WIDE})
    path = tmp_path / "settings.json"
    path.write_text(settings.model_dump_json())
    keep = Keep(path, server.snapshots / opener.snapshots, opener, served_embedder(settings).version)
    index = keep.index().prepare()
    file = source("a.py", "alpha")
    index.write(MAIN, [file])
    index.set_head(MAIN, HEAD)
    index.put_vectors({file.chunks[0].id: VECTOR})
    yield keep
    for each in keep("list")["snapshots"]:
        opener.store.client.snapshot.delete(repository="codekeep-demo", snapshot=each["name"])


def paths(index: OpenSearchIndex, word: str = "alpha") -> list[str]:
    return [hit.chunk.path for hit in index.lexical(SEEN, word, 9)]


def names(keep: Keep) -> set[str]:
    """Names of the indexes of code."""
    return set(keep.opener.store.client.indices.get(index=f"{keep.opener.prefix}v*"))


def test_a_snapshot_is_listed_and_restored(keep: Keep) -> None:
    access = f"{keep.opener.prefix}access"  # of the keep, but no code
    taken = keep("take", "--name", "first")
    own = keep.versions().own
    assert (taken["state"], taken["indices"]) == ("SUCCESS", [own])
    assert keep("list") == {"repository": "codekeep-demo", "snapshots": [taken]}
    index, before = keep.index(), keep.index().digest()
    index.write(MAIN, [source("later.py", "alpha")], ["a.py"])
    keep.opener.store.client.index(index=access, id="1", body={"kept": True}, params={"refresh": "true"})
    done = keep("restore", "first", "--yes")
    assert done == {"snapshot": "first", "index": own, "branches": 1, "left_out": []}
    assert index.digest() == before
    assert paths(index) == [hit.chunk.path for hit in index.semantic(SEEN, VECTOR, 9)] == ["a.py"]
    assert names(keep) == {own}
    assert keep.opener.store.client.get(index=access, id="1")["_source"] == {"kept": True}


def test_a_lost_index_can_be_restored(keep: Keep) -> None:
    keep("take", "--name", "first")
    keep.opener.store.client.indices.delete(index=keep.versions().own)
    assert paths(keep.index()) == []
    keep("restore", "first", "--yes")
    assert paths(keep.index()) == ["a.py"]


@pytest.mark.parametrize("with_removed", [False, True])
def test_branches_purged_since_are_restored_on_request_only(keep: Keep, with_removed: bool) -> None:
    index = keep.index()
    index.write(NEXT, [source("b.py", "alpha", branch=NEXT)])
    keep("take", "--name", "first")
    index.drop(NEXT)
    done = keep("restore", "first", "--yes", *(["--with-removed"] if with_removed else []))
    gone = {"repository": NEXT.repository.key, "branch": NEXT.name}
    assert done["left_out"] == ([] if with_removed else [gone])
    assert (NEXT in index.branches()) is with_removed


def test_during_a_restore_readers_find_the_old_or_the_new_index(keep: Keep) -> None:
    keep("take", "--name", "first")
    reader, seen, stop = keep.index(), [], threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                seen.append((len(paths(reader)), len(reader.semantic(SEEN, VECTOR, 9))))
            except Fault as fault:
                seen.append((str(fault), 0))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        keep("restore", "first", "--yes")
    finally:
        stop.set()
        thread.join()
    assert set(seen) == {(1, 1)}


def test_a_restore_killed_at_any_request_serves_and_can_be_repeated(
    keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`kill` fails after the given number of requests."""
    monkeypatch.setattr("codekeep_runtime.index.opensearch.versions.SERVING_SECONDS", 0.0)  # nobody else reads here
    keep("take", "--name", "first")
    before, transport = keep.index().digest(), keep.opener.store.client.transport
    perform, killed = transport.perform_request, 0
    while True:
        left = killed

        def kill(method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            nonlocal left
            if method not in ("GET", "HEAD") and "_search" not in url:  # reading leaves nothing half done
                left -= 1
                if left < 0:
                    raise KilledError
            return perform(method, url, *args, **kwargs)

        transport.perform_request = kill  # type: ignore[method-assign]
        try:
            keep.restoring().restore("first")
        except KilledError:
            killed += 1
        else:
            break
        finally:
            transport.perform_request = perform  # type: ignore[method-assign]
        assert paths(keep.index()) == ["a.py"], f"killed at request {killed}"
        keep.restoring().restore("first")
        assert keep.index().digest() == before
        assert names(keep) == {keep.versions().own}, f"killed at request {killed}"
    assert killed == 7  # two copies; each served; three that go


def test_after_a_failed_restore_the_old_index_serves(keep: Keep) -> None:
    assert "there are: none" in keep("restore", "first", "--yes", fault=UsageFault)
    keep("take", "--name", "first")
    assert "already" in keep("take", "--name", "first", fault=UsageFault)
    other = keep.index("other-1").prepare()
    other.set_head(MAIN, HEAD)
    keep.versions().discard([keep.versions().own])
    keep("take", "--name", "other")
    keep("restore", "first", "--yes")
    assert "rebuild the index" in keep("restore", "other", "--yes", fault=DataFault)
    assert paths(keep.index()) == ["a.py"]


def test_taking_a_snapshot_without_an_index_is_refused(keep: Keep) -> None:
    keep.versions().discard([keep.versions().own])
    assert "no index serves" in keep("take", fault=DataFault)
