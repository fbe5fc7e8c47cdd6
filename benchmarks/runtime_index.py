"""Speed of an index: writing text and vectors, and searching it as a reader of half of the repositories.

`python -m benchmarks.runtime_index [--chunks N] [--queries N] [--opensearch]`: on the code of installed
packages, with random vectors of 256 dimensions. Exits with 1 if the embedded index misses a goal. --opensearch measures
a local OpenSearch server too, which has no goal.
"""

import argparse
import gc
import hashlib
import random
import resource
import statistics
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from codekeep_runtime.core.chunk import Chunk, chunk_id
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import Branch, RepositoryId
from codekeep_runtime.core.source_file import SourceFile
from codekeep_runtime.core.symbol import FileSymbols
from codekeep_runtime.index.analysis import words
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.index.embedded.text_index import Entry, Progress, TextIndex
from codekeep_runtime.index.interface import Index, Vector
from codekeep_runtime.index.opensearch import OpenSearchIndex, Store, connect

from tests.real.cache import say
from tests.real.opensearch.installation import ready
from tests.real.opensearch.server import Server

GOAL_MB_PER_SECOND, GOAL_MS = 20.0, 30.0
TENANT, EMBEDDER, DIMENSION, K = "bench", "random-1", 256, 50
REPOSITORIES, SEEN = 20, 10
LINES, FILES_AT_ONCE, ENTRIES_AT_ONCE, VECTORS_AT_ONCE = 30, 500, 20_000, 5_000
NumberedFile = tuple[int, SourceFile]  # number of the branch, and the file
BRANCHES = [Branch(RepositoryId("git.example.com", "bench", f"r{n:02d}"), "main") for n in range(REPOSITORIES)]
SCOPE = Scope(TENANT, "0" * 16, "team", frozenset(branch.repository for branch in BRANCHES[:SEEN]))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--opensearch", action="store_true")
    options = parser.parse_args()
    files = list(_files(options.chunks))
    gc.freeze()  # garbage collection of the corpus must not count for the index
    with tempfile.TemporaryDirectory() as folder:
        index = EmbeddedIndex.open(Path(folder), TENANT, EMBEDDER, DIMENSION)
        speed = _lexical_alone(Path(folder) / "alone", files)
        slowest = _measure("embedded", index, files, options.queries)
        index.close()
    print(f"goals: lexical index at {GOAL_MB_PER_SECOND:.0f} MB/s or more, both queries within {GOAL_MS:.0f} ms at p95")
    if options.opensearch:
        _on_a_server(files, options.queries)
    return int(speed < GOAL_MB_PER_SECOND or slowest > GOAL_MS)


def _on_a_server(files: Sequence[NumberedFile], queries: int) -> None:
    with Server(ready(say)) as server:
        store = Store(connect(server.url, "eu-central-1"))
        _measure("opensearch", OpenSearchIndex(store, "bench_", TENANT, EMBEDDER, DIMENSION).prepare(), files, queries)


def _lexical_alone(folder: Path, files: Sequence[NumberedFile]) -> float:
    """MB/s of the embedded index's lexical part without its database."""
    entries = [
        Entry(row, owner, chunk.language, chunk.path, chunk.symbol, chunk.text)
        for owner, file in files
        for row, chunk in enumerate(file.chunks)
    ]
    text = TextIndex(folder)

    def write() -> None:
        with text.writing() as writer:
            for start in range(0, len(entries), ENTRIES_AT_ONCE):
                writer.apply([], entries[start : start + ENTRIES_AT_ONCE], Progress(row=start))

    return _speed("embedded: lexical index alone", _size(files), write)


def _measure(name: str, index: Index, files: Sequence[NumberedFile], queries: int) -> float:
    """The 95th percentile of both queries together in ms."""
    chunks = [chunk for _, file in files for chunk in file.chunks]
    _speed(f"{name}: {len(chunks)} chunks written", _size(files), lambda: _write(index, files))
    seconds = _timed(lambda: _embed(index, chunks))
    print(f"{name}: {len(chunks) / seconds:.0f} vectors/s written")
    slowest = _report(name, index, chunks, queries)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: at most {memory:.0f} MB of memory in this process, corpus and queries included")
    return slowest


def _speed(what: str, size: int, work: Callable[[], None]) -> float:
    """MB per second of wall-clock time. CPU time is printed too, since other programs may have slowed the run."""
    busy = time.process_time()
    seconds = _timed(work)
    busy = time.process_time() - busy
    print(f"{what}: {size / 1e6:.0f} MB in {seconds:.1f} s, {size / seconds / 1e6:.1f} MB/s; {busy:.1f} s of CPU time")
    return size / seconds / 1e6


def _size(files: Sequence[NumberedFile]) -> int:
    return sum(len(chunk.text.encode(errors="replace")) for _, file in files for chunk in file.chunks)


def _report(name: str, index: Index, chunks: Sequence[Chunk], queries: int) -> float:
    seen = [chunk for chunk in chunks if chunk.branch.repository in SCOPE.repositories]
    source = random.Random(7)  # noqa: S311 - the same questions each time
    spent: dict[str, list[float]] = {"lexical": [], "semantic": [], "both": []}
    for number in range(queries + 10):
        text, vector = _question(source, source.choice(seen)), _vectors(1, seed=number)[0]
        lexical = 1000 * _timed(partial(_found, partial(index.lexical, SCOPE, text, K)))
        semantic = 1000 * _timed(partial(_found, partial(index.semantic, SCOPE, vector, K)))
        if number >= 10:  # the first ones warm caches up
            for kind, value in (("lexical", lexical), ("semantic", semantic), ("both", lexical + semantic)):
                spent[kind].append(value)
    p95 = {kind: sorted(values)[round(0.95 * (len(values) - 1))] for kind, values in spent.items()}
    for kind, values in spent.items():
        print(f"{name}: {kind} median {statistics.median(values):.1f} ms, p95 {p95[kind]:.1f} ms (k={K})")
    return p95["both"]


def _found(search: Callable[[], Sequence[object]]) -> None:
    assert search()


def _question(source: random.Random, chunk: Chunk) -> str:
    """Six words of a chunk, rare and common ones."""
    return " ".join(source.choices(words(chunk.text) or ["self"], k=6))


def _write(index: Index, files: Sequence[NumberedFile]) -> None:
    for number, branch in enumerate(BRANCHES):
        own = [file for owner, file in files if owner == number]
        for start in range(0, len(own), FILES_AT_ONCE):
            index.write(branch, own[start : start + FILES_AT_ONCE])


def _embed(index: Index, chunks: Sequence[Chunk]) -> None:
    for start in range(0, len(chunks), VECTORS_AT_ONCE):
        some = chunks[start : start + VECTORS_AT_ONCE]
        index.put_vectors(dict(zip((chunk.id for chunk in some), _vectors(len(some), seed=start), strict=True)))


def _vectors(count: int, seed: int) -> Sequence[Vector]:
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return list(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _files(limit: int) -> Iterator[NumberedFile]:
    """Installed Python files with the numbers of their branches, repeated under other names up to the limit."""
    root, made, copy = Path(sysconfig.get_paths()["purelib"]), 0, 0
    while made < limit:
        for path in sorted(root.rglob("*.py")):
            name = f"copy{copy}/{path.relative_to(root)}"
            number = hashlib.blake2b(name.encode()).digest()[0] % REPOSITORIES
            file = _file(BRANCHES[number], name, path.read_bytes().decode(errors="replace"))
            made += len(file.chunks)
            yield number, file
            if made >= limit:
                return
        copy += 1


def _file(branch: Branch, name: str, text: str) -> SourceFile:
    lines = text.splitlines(keepends=True)
    blob = hashlib.blake2b(text.encode(), digest_size=20).hexdigest()
    chunks = tuple(
        Chunk(
            id=chunk_id(branch, name, blob, ordinal),
            branch=branch,
            commit="1" * 40,
            path=name,
            blob=blob,
            ordinal=ordinal,
            language="python",
            start_line=start + 1,
            end_line=min(start + LINES, len(lines)),
            symbol="",
            symbol_kind="",
            imports=(),
            text="".join(lines[start : start + LINES]),
        )
        for ordinal, start in enumerate(range(0, len(lines), LINES))
    )
    return SourceFile(path=name, blob=blob, language="python", size=len(text), chunks=chunks, symbols=FileSymbols())


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
