"""Time of a complete search over 100,000 chunks: embedding the question, both queries within a scope, re-ranking.

`python -m benchmarks.runtime_retrieval [--chunks N] [--questions N]`; exits with 1 if the 95th percentile of the
embedded index is above its limit.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

from codekeep_runtime.core.chunk import Chunk, chunk_id
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.core.repository import Branch
from codekeep_runtime.retrieval import Retriever

from benchmarks.quality.embedders import embedder_of
from benchmarks.quality.functions import Function, functions, questions
from benchmarks.quality.packages import MEASURED, TUNED_ON, unpacked
from benchmarks.quality.searches import index_of, scope_of

LIMIT_MS = 30.0
WARM_UP, K = 20, 10


def main(chunks: int = 100_000, searches: int = 500) -> int:
    found = [
        each
        for package, version in sorted({**TUNED_ON, **MEASURED}.items())
        for each in functions(package, unpacked(package, version), sys.maxsize)
    ]
    texts = sorted(questions(found))
    random.Random(1).shuffle(texts)  # noqa: S311 - the same ones each time
    embedder = embedder_of("static")
    with tempfile.TemporaryDirectory() as folder:
        index = index_of(Path(folder), list(islice(_copies(found), chunks)), embedder)
        whole = scope_of([each.chunk for each in found])
        half = replace(whole, repositories=frozenset(sorted(whole.repositories)[::2]))
        retriever = Retriever(index, embedder)
        timings = {
            name: _milliseconds(retriever, scope, texts[: WARM_UP + searches])
            for name, scope in (("all repositories", whole), ("half of them", half))
        }
        index.close()
    for name, (median, p95) in timings.items():
        print(f"search over {chunks} chunks, {name}: median {median:.1f} ms, p95 {p95:.1f} ms (limit {LIMIT_MS:.0f})")
    return int(max(p95 for _, p95 in timings.values()) > LIMIT_MS)


def _milliseconds(retriever: Retriever, scope: Scope, texts: Sequence[str]) -> tuple[float, float]:
    """Median and 95th percentile of searches, in milliseconds."""
    spent = []
    for text in texts:
        started = time.perf_counter()
        assert retriever.search(scope, text, K)
        spent.append((time.perf_counter() - started) * 1000)
    spent = sorted(spent[WARM_UP:])
    return statistics.median(spent), spent[round(0.95 * (len(spent) - 1))]


def _copies(found: Sequence[Function]) -> Iterator[Chunk]:
    """The functions, repeated without end as those of further branches."""
    for number in count():
        for each in found:
            branch = Branch(each.chunk.branch.repository, f"b{number}")
            key = chunk_id(branch, each.chunk.path, each.chunk.blob, each.chunk.ordinal)
            yield replace(each.chunk, branch=branch, id=key)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=500)
    options = parser.parse_args()
    sys.exit(main(options.chunks, options.questions))
