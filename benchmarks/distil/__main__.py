"""Trains the static embedder's table and writes it into the runtime.

`.venv/bin/python -m benchmarks.distil FOLDER_FOR_WHEELS` takes a quarter of an hour on two cores, after downloading
1 GB. Vectors are the same on every machine, except for rounding.
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
QUESTIONS = 2_500  # that the quality is measured with
TABLE = Path(static.__file__).with_name("static.npz")


def main(wheels: Path) -> int:
    found, measured = pairs(wheels), measured_sentences()
    training = [pair for pair in found if pair.package not in HELD_OUT and pair.question.casefold() not in measured]
    validation = [pair for pair in found if pair.package in HELD_OUT]
    known = _words(training)
    print(f"{len(training)} training pairs, {len(validation)} of held-out packages, {len(known)} words", flush=True)
    learned = _learn(known, training, validation)
    learned.save(TABLE)
    quality = _quality(Vocabulary.load(TABLE), validation)
    print(f"{TABLE.name}: {TABLE.stat().st_size / 1e6:.2f} MB, nDCG@10 on held-out packages: {quality:.4f}")
    return 0


def _words(training: Sequence[Pair]) -> list[str]:
    """The most frequent words that occur in several packages."""
    texts, packages, last = Counter[str](), Counter[str](), dict[str, str]()
    for pair in training:
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


def _learn(known: list[str], training: Sequence[Pair], validation: Sequence[Pair]) -> Vocabulary:
    """Trains from random vectors, in which each word resembles itself only; rarer words start longer."""
    plain = StaticEmbedder(_vocabulary(known, np.ones((len(known), 1), np.float32), np.ones(len(known), np.float32)))
    bags, rarity = _as_bags(plain, training, len(known))
    random = np.random.default_rng(SEED).standard_normal((len(known), DIMENSION)) / math.sqrt(DIMENSION)
    learner, started = Learner((random * rarity[:, None]).astype(np.float32), SEED), time.monotonic()

    def report(step: int, loss: float) -> None:
        if step % 200 == 0:
            quality = _quality(_vocabulary(known, learner.table, learner.question_weights[:, 0]), validation)
            seconds = time.monotonic() - started
            print(f"step {step}: loss {loss:.3f}, nDCG@10 {quality:.4f}, {seconds:.0f} s", flush=True)

    learner.learn(bags, EPOCHS, report)
    return _vocabulary(known, learner.table, learner.question_weights[:, 0])


def _vocabulary(known: list[str], table: Floats, question_weights: Floats) -> Vocabulary:
    return Vocabulary(VERSION, known, table, question_weights)


def _as_bags(embedder: StaticEmbedder, training: Sequence[Pair], count: int) -> tuple[Pairs, Floats]:
    """The pairs as bags of rows of the table, and the rarity of each word."""
    questions = [_known_rows(embedder.bag(words(pair.question)), count) for pair in training]
    documents = [_known_rows(embedder.bag_of_document(pair.document), count) for pair in training]
    seen = Counter(row for bag in (*questions, *documents) for row in bag)
    rarity = np.log([2 * len(training) / (seen[row] + 1) for row in range(count)]).astype(np.float32)
    number = {package: at for at, package in enumerate(sorted({pair.package for pair in training}))}
    packages = np.array([number[pair.package] for pair in training], np.intp)
    return Pairs(Bags.of(questions), Bags.of(documents), packages), rarity


def _known_rows(bag: dict[int, float], count: int) -> dict[int, float]:
    """The bag without the rows for unknown words, which are not trained."""
    return {row: weight for row, weight in bag.items() if row < count} or {0: 0.0}


def _quality(vocabulary: Vocabulary, validation: Sequence[Pair]) -> float:
    """nDCG@10 of finding a docstring's function among all validation-out functions."""
    embedder = StaticEmbedder(vocabulary)
    documents = embedder.documents([pair.document for pair in validation])
    at = np.random.default_rng(SEED).permutation(len(validation))[:QUESTIONS]
    similarities = np.stack([embedder.query(validation[each].question) for each in at]) @ documents.T
    own = similarities[np.arange(len(at)), at]
    ranks = (similarities > own[:, None]).sum(axis=1)
    return float(np.where(ranks < 10, 1 / np.log2(ranks + 2), 0.0).mean())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
