"""Speed of each embedder in chunks per second, and how well it alone finds the function that a docstring describes.

Run it by `make bench BENCHMARKS=runtime_embed`. Speed: this project's own files, cut as for the index.
Quality: nDCG@10 over functions of packages that the static table was not trained on; `runtime_quality` measures
complete retrieval. The quality of e5 takes a quarter of an hour and is measured on request only:
`.bench-venv/bin/python -m benchmarks.runtime_embed e5`.
"""

import math
import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count()))

import numpy as np
from codekeep_contracts.faults import UsageFault
from codekeep_runtime.embed.e5 import E5Embedder
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.embed.static import StaticEmbedder
from codekeep_runtime.embed.text import embedding_text
from codekeep_runtime.index.analysis import words
from codekeep_runtime.parse.parser import parse

from benchmarks.quality.functions import Function, functions, questions
from benchmarks.quality.packages import MEASURED, unpacked

ROUNDS = 3
PACKAGES = ("flask", "httpx", "rich")
MILLION, GOAL_MINUTES, GOAL_CHUNKS = 1_000_000, 15, 50  # lines; minutes per million lines; chunks per second


def main(with_e5: bool) -> int:
    texts, lines = _own_chunks()
    packages = [functions(package, unpacked(package, MEASURED[package]), sys.maxsize) for package in PACKAGES]
    count = sum(len(questions(found)) for found in packages)
    print(f"{len(texts)} chunks of {lines} lines; {count} docstrings of {', '.join(PACKAGES)}, nDCG@10 within each")
    print(f"{'embedder':<30}{'chunks/s':>10}{'minutes for 1,000,000 lines':>29}{'nDCG@10':>9}")
    for embedder, most in _embedders():
        speed = _speed(embedder, texts[:most])
        minutes = MILLION / lines * len(texts) / speed / 60
        print(f"{embedder.version:<30}{speed:>10.0f}{minutes:>29.1f}", end="", flush=True)
        print(
            f"{_over_all(embedder, packages):>9.3f}" if isinstance(embedder, StaticEmbedder) or with_e5 else f"{'-':>9}"
        )
    print(f"goals of the laptop's embedder: {GOAL_CHUNKS} chunks/s, {GOAL_MINUTES} minutes")
    return 0


def _embedders() -> list[tuple[Embedder, int]]:
    """Embedders, with the number of chunks that their speed is measured on."""
    found: list[tuple[Embedder, int]] = [(StaticEmbedder(), sys.maxsize)]
    try:
        found.append((E5Embedder(), 20))
    except UsageFault as fault:
        print(fault, file=sys.stderr)
    return found


def _own_chunks() -> tuple[list[str], int]:
    """Chunks of this project's Python files, made as ingest makes them, and their number of lines."""
    texts, lines = [], 0
    root = Path(__file__).parents[1]
    for file in sorted([*root.glob("runtime/codekeep_runtime/**/*.py"), *root.glob("tests/**/*.py")]):
        text = file.read_text()
        lines += text.count("\n")
        for piece in parse(file.name, "python", text).pieces:
            place = " ".join(words(f"{file.relative_to(root).with_suffix('')} {piece.symbol}"))
            texts.append(f"{place}\n{piece.text}")
    return texts, lines


def _speed(embedder: Embedder, texts: Sequence[str]) -> float:
    """Chunks per second, the median of ROUNDS runs."""
    embedder.documents(texts[:2])
    speeds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        embedder.documents(texts)
        speeds.append(len(texts) / (time.perf_counter() - started))
    return statistics.median(speeds)


def _over_all(embedder: Embedder, packages: Sequence[Sequence[Function]]) -> float:
    sizes, parts = zip(*(_quality(embedder, found) for found in packages), strict=True)
    return float(np.average(parts, weights=sizes))


def _quality(embedder: Embedder, found: Sequence[Function]) -> tuple[int, float]:
    """The number of questions, and nDCG@10, with one right answer to each question."""
    row = {each.chunk.id: at for at, each in enumerate(found)}
    documents = embedder.documents([embedding_text(each.chunk) for each in found])
    gains = []
    for question, answer in questions(found).items():
        similarities = documents @ embedder.query(question)
        rank = int((similarities > similarities[row[answer]]).sum())
        gains.append(1 / math.log2(rank + 2) if rank < 10 else 0.0)
    return len(gains), float(np.mean(gains))


if __name__ == "__main__":
    sys.exit(main("e5" in sys.argv[1:]))
