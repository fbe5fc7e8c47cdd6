"""Quality of retrieval: finding functions by the first sentences of their docstrings, and reviewed questions.

`python -m benchmarks.runtime_quality [--functions N] [EMBEDDER...]`, where an embedder is static, e5 or
module:class; exits with 1 if the first one misses a goal over all functions. docs/runtime/quality.md has the method.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.reader import Scope
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.telemetry.log import LOG

from benchmarks.quality.embedders import DEFAULT, embedder_of
from benchmarks.quality.functions import functions, questions
from benchmarks.quality.measures import Measures, measured
from benchmarks.quality.packages import MEASURED, TUNED_ON, unpacked
from benchmarks.quality.peers import bm25s_results
from benchmarks.quality.questions import reviewed
from benchmarks.quality.repositories import Answers, id_of, ingested
from benchmarks.quality.searches import TENANT, index_of, scope_of, searches

MOST_OF_A_PACKAGE = 750  # functions, so that no package dominates the set
ABOVE_THE_BETTER, ABOVE_BM25S = 1.08, 2.0  # goals


def main(names: Sequence[str] = DEFAULT, most: int | None = None) -> int:
    LOG.minimum_level = "error"
    chunks, answer_of = corpus(MEASURED, most)
    print(f"{len(chunks)} functions of {len(MEASURED) + len(TUNED_ON)} packages, indexed without docstrings;")
    print(f"{len(answer_of)} questions: first sentences of docstrings in {len(MEASURED)} of the packages")
    peer = measured(_ids(bm25s_results(chunks, list(answer_of))), _wanted(answer_of))
    print(f"{'bm25s, default tokenisation':36}{peer}")
    missed = []
    for name in names:
        embedder = embedder_of(name)
        missed.append(_functions(embedder, chunks, answer_of, peer))
        _reviewed(embedder)
    return int(most is None and missed[0])


def corpus(asked_about: Iterable[str], most: int | None = None) -> tuple[list[Chunk], dict[str, str]]:
    """The functions of all packages, and questions about some of them with the id of the function that answers each.

    Args:
        asked_about: packages that the questions are about.
        most: number of functions of all packages together, chosen by a hash; None for all.
    """
    packages = sorted({**TUNED_ON, **MEASURED}.items())
    found = [
        each
        for package, version in packages
        for each in functions(package, unpacked(package, version), MOST_OF_A_PACKAGE)
    ]
    found = sorted(found, key=lambda each: hashlib.sha256(each.chunk.id.encode()).digest())[:most]
    wanted = set(asked_about)
    repository_of = {each.chunk.id: each.chunk.branch.repository.name for each in found}
    answer_of = {text: key for text, key in questions(found).items() if repository_of[key] in wanted}
    return [each.chunk for each in found], answer_of


def _functions(embedder: Embedder, chunks: Sequence[Chunk], answer_of: dict[str, str], peer: Measures) -> bool:
    """Measures finding functions; whether a goal is missed."""
    print(f"\n{embedder.version}: functions by their docstrings")
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        index = index_of(Path(folder), chunks, embedder)
        print(f"indexed and embedded in {time.perf_counter() - started:.0f} s")
        for name, search in searches(index, embedder, scope_of(chunks)).items():
            found[name] = measured(_ids(map(search, answer_of)), _wanted(answer_of))
            print(f"{name:36}{found[name]}", flush=True)
        index.close()
    better = max(found["lexical alone"].ndcg, found["embedder alone"].ndcg)
    above, above_peer = found["hybrid"].ndcg / better, found["hybrid"].ndcg / peer.ndcg
    print(f"hybrid: {above:.3f} x the better of lexical and embedder alone (goal {ABOVE_THE_BETTER}),")
    print(f"        {above_peer:.2f} x bm25s (goal {ABOVE_BM25S})")
    return above < ABOVE_THE_BETTER or above_peer < ABOVE_BM25S


def _reviewed(embedder: Embedder) -> None:
    reviewed_questions = reviewed()
    repositories = dict.fromkeys(each.repository for each in reviewed_questions)
    answers = [Answers(question) for question in reviewed_questions]
    print(f"\n{embedder.version}: {len(reviewed_questions)} reviewed questions over {len(repositories)} repositories")
    with tempfile.TemporaryDirectory() as folder:
        index = ingested(Path(folder), repositories, embedder)
        scope = Scope(TENANT, "0" * 16, "", frozenset(map(id_of, repositories)))
        for name, search in searches(index, embedder, scope).items():
            results = [
                [answer.of(chunk) for chunk in search(question.text)]
                for question, answer in zip(reviewed_questions, answers, strict=True)
            ]
            found = measured(results, [answer.wanted for answer in answers])
            print(f"{name:36}{found}  answered@10 {found.answered:.3f}")
        index.close()


def _ids(results: Iterable[Iterable[Chunk]]) -> list[list[tuple[str]]]:
    return [[(chunk.id,) for chunk in row] for row in results]


def _wanted(answer_of: dict[str, str]) -> list[tuple[str]]:
    return [(key,) for key in answer_of.values()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=int, help="number of functions to index; all by default")
    parser.add_argument("embedders", nargs="*", default=DEFAULT)
    options = parser.parse_args()
    sys.exit(main(options.embedders, options.functions))
