"""The cache of vectors: reuse, limits, damage, kills."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from codekeep_runtime.embed.cache import CachedEmbedder
from codekeep_runtime.embed.faults import EmbedFault
from codekeep_runtime.embed.static import StaticEmbedder
from numpy.typing import NDArray


class Counting(StaticEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return super().documents(texts)


TEXTS = ["open a file", "close a file", "open a file", "rename a file"]


def test_equal_text_is_embedded_once(tmp_path: Path) -> None:
    made = Counting()
    cached = CachedEmbedder(made, tmp_path / "vectors.db")
    first, again = cached.documents(TEXTS), cached.documents(TEXTS)
    assert made.asked == ["open a file", "close a file", "rename a file"]
    np.testing.assert_array_equal(first, StaticEmbedder().documents(TEXTS))
    np.testing.assert_array_equal(first, again)


def test_vectors_are_shared_by_processes_of_the_same_version_only(tmp_path: Path) -> None:
    CachedEmbedder(Counting(), tmp_path / "vectors.db").documents(TEXTS)
    same, other = Counting(), Counting()
    other.version = "static-2"
    CachedEmbedder(same, tmp_path / "vectors.db").documents(TEXTS)
    CachedEmbedder(other, tmp_path / "vectors.db").documents(TEXTS)
    assert same.asked == []
    assert len(other.asked) == 3


def test_the_oldest_vectors_are_removed_when_the_cache_is_full(tmp_path: Path) -> None:
    made = Counting()
    cached = CachedEmbedder(made, tmp_path / "vectors.db", max_vectors=10)
    for number in range(25):
        cached.documents([f"text {number}"])
    with sqlite3.connect(tmp_path / "vectors.db") as database:
        assert database.execute("SELECT count(*) FROM vectors").fetchone() == (10,)
    made.asked.clear()
    cached.documents(["text 24", "text 0"])
    assert made.asked == ["text 0"]


def test_queries_are_not_cached_and_no_text_is_stored(tmp_path: Path) -> None:
    cached = CachedEmbedder(Counting(), tmp_path / "vectors.db")
    cached.documents(["canarydocument"])
    cached.query("canaryquestion")
    with sqlite3.connect(tmp_path / "vectors.db") as database:
        assert database.execute("SELECT count(*) FROM vectors").fetchone() == (1,)
    files = list(tmp_path.iterdir())
    assert files
    assert not [file for file in files if b"canary" in file.read_bytes()]
    assert [oct(file.stat().st_mode & 0o077) for file in files] == ["0o0"] * len(files)


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "vectors.db"
    file.write_bytes(b"no database at all" * 1_000)
    made = Counting()
    CachedEmbedder(made, file).documents(TEXTS)
    CachedEmbedder(made, file).documents(TEXTS)
    assert len(made.asked) == 3


def test_a_failed_call_stores_nothing(tmp_path: Path) -> None:
    class Failing(Counting):
        def documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
            raise EmbedFault("the embedding server refused")

    with pytest.raises(EmbedFault):
        CachedEmbedder(Failing(), tmp_path / "vectors.db").documents(TEXTS)
    made = Counting()
    CachedEmbedder(made, tmp_path / "vectors.db").documents(TEXTS)
    assert len(made.asked) == 3


def test_clearing_removes_everything(tmp_path: Path) -> None:
    made = Counting()
    cached = CachedEmbedder(made, tmp_path / "vectors.db")
    vector = cached.documents(TEXTS)[0].tobytes()
    assert cached.clear() == 3
    assert not [file for file in tmp_path.iterdir() if vector in file.read_bytes()]
    cached.documents(["open a file"])
    assert len(made.asked) == 4


WRITING = """
import sys
from itertools import count
from pathlib import Path
from codekeep_runtime.embed.cache import CachedEmbedder
from codekeep_runtime.embed.static import StaticEmbedder
cached = CachedEmbedder(StaticEmbedder(), Path(sys.argv[1]))
for turn in count():
    cached.documents([f"text {turn} {n}" for n in range(50)])
    print(turn, flush=True)
"""


def test_a_killed_writer_leaves_no_partial_call(tmp_path: Path) -> None:
    file = tmp_path / "vectors.db"
    for delay in (0.0, 0.03, 0.11):
        writer = subprocess.Popen([sys.executable, "-c", WRITING, str(file)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(delay)
        os.kill(writer.pid, signal.SIGKILL)
        writer.stdout.read()
        writer.wait()
        writer.stdout.close()
        with sqlite3.connect(file) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (count,) = database.execute("SELECT count(*) FROM vectors").fetchone()
        assert count >= 50
        assert count % 50 == 0
    made = Counting()
    again = CachedEmbedder(made, file).documents([f"text 0 {n}" for n in range(50)])
    assert made.asked == []
    np.testing.assert_array_equal(again, StaticEmbedder().documents([f"text 0 {n}" for n in range(50)]))
