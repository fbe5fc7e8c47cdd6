"""Learns the table anew and writes it into the runtime: `.venv/bin/python -m benchmarks.distil FOLDER_FOR_WHEELS`.

About a quarter of an hour on two cores, after downloading 1 GB. Vectors are the same to rounding on every machine.
"""

import math
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from codekeep_runtime.embed import static
from codekeep_runtime.embed.static import StaticEmbedder
from codekeep_runtime.embed.vocabulary import Vocabulary
from codekeep_runtime.index.analysis import words

from benchmarks.distil.bags import Bags, Floats
from benchmarks.distil.corpus import HELD_OUT, Pair, measured_sentences, pairs
from benchmarks.distil.learning import Learner, Pairs

VERSION = "static-1"
WORDS, DIMENSION, EPOCHS, SEED = 20_000, 256, 4.5, 0
LEAST_PACKAGES, LONGEST_WORD, LONGEST_NUMBER = 3, 24, 3
QUESTIONS = 2_500  # of those held out
TABLE = Path(static.__file__).with_name("static.npz")


def main(wheels: Path) -> int:
    found, measured = pairs(wheels), measured_sentences()
    taught = [pair for pair in found if pair.package not in HELD_OUT and pair.question.casefold() not in measured]
    held = [pair for pair in found if pair.package in HELD_OUT]
    known = _words(taught)
    print(f"{len(taught)} pairs to learn from, {len(held)} held out, {len(known)} words", flush=True)
    learned = _learn(known, taught, held)
    learned.save(TABLE)
    print(f"{TABLE.name}: {TABLE.stat().st_size / 1e6:.2f} MB, held out: {_quality(Vocabulary.load(TABLE), held):.4f}")
    return 0


def _words(taught: Sequence[Pair]) -> list[str]:
    """The most frequent ones that several packages have."""
    texts, packages, last = Counter[str](), Counter[str](), dict[str, str]()
    for pair in taught:
        for word in {*words(pair.question), *words(pair.document)}:
            texts[word] += 1
            if last.get(word) != pair.package:
                packages[word], last[word] = packages[word] + 1, pair.package
    usual = [
        word
        for word in sorted(texts, key=lambda each: (-texts[each], each))
        if packages[word] >= LEAST_PACKAGES
        and len(word) <= LONGEST_WORD
        and not (word.isdigit() and len(word) > LONGEST_NUMBER)
    ]
    return usual[:WORDS]


def _learn(known: list[str], taught: Sequence[Pair], held: Sequence[Pair]) -> Vocabulary:
    """From random directions, longer for rarer words: at first a word is like itself only."""
    plain = StaticEmbedder(_vocabulary(known, np.ones((len(known), 1), np.float32), np.ones(len(known), np.float32)))
    lessons, rarity = _lessons(plain, taught, len(known))
    random = np.random.default_rng(SEED).standard_normal((len(known), DIMENSION)) / math.sqrt(DIMENSION)
    learner, started = Learner((random * rarity[:, None]).astype(np.float32), SEED), time.monotonic()

    def report(step: int, loss: float) -> None:
        if step % 200 == 0:
            quality = _quality(_vocabulary(known, learner.table, learner.asked[:, 0]), held)
            print(
                f"step {step}: loss {loss:.3f}, held out {quality:.4f}, {time.monotonic() - started:.0f} s", flush=True
            )

    learner.learn(lessons, EPOCHS, report)
    return _vocabulary(known, learner.table, learner.asked[:, 0])


def _vocabulary(known: list[str], table: Floats, asked: Floats) -> Vocabulary:
    return Vocabulary(VERSION, known, table, asked)


def _lessons(embedder: StaticEmbedder, taught: Sequence[Pair], count: int) -> tuple[Pairs, Floats]:
    """The pairs as bags of the table's words, and how rare each word is."""
    questions = [_within(embedder.bag(words(pair.question)), count) for pair in taught]
    documents = [_within(embedder.bag_of_document(pair.document), count) for pair in taught]
    seen = Counter(row for bag in (*questions, *documents) for row in bag)
    rarity = np.log([2 * len(taught) / (seen[row] + 1) for row in range(count)]).astype(np.float32)
    number = {package: at for at, package in enumerate(sorted({pair.package for pair in taught}))}
    packages = np.array([number[pair.package] for pair in taught], np.intp)
    return Pairs(Bags.of(questions), Bags.of(documents), packages), rarity


def _within(bag: dict[int, float], count: int) -> dict[int, float]:
    """Without rows that stand for unknown words: they are not learned."""
    return {row: weight for row, weight in bag.items() if row < count} or {0: 0.0}


def _quality(vocabulary: Vocabulary, held: Sequence[Pair]) -> float:
    """nDCG@10 of finding a docstring's function among all that were held out."""
    embedder = StaticEmbedder(vocabulary)
    documents = embedder.documents([pair.document for pair in held])
    at = np.random.default_rng(SEED).permutation(len(held))[:QUESTIONS]
    likeness = np.stack([embedder.query(held[each].question) for each in at]) @ documents.T
    own = likeness[np.arange(len(at)), at]
    ranks = (likeness > own[:, None]).sum(axis=1)
    return float(np.where(ranks < 10, 1 / np.log2(ranks + 2), 0.0).mean())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
