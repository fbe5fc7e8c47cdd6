"""Ranking of candidates: normalised scores, names, rare words, stability."""

import pytest
from codekeep_runtime.index.interface import Hit
from codekeep_runtime.retrieval.candidate import Candidate, candidates
from codekeep_runtime.retrieval.question_terms import QuestionTerms
from codekeep_runtime.retrieval.ranking import rank_candidates
from codekeep_runtime.retrieval.terms import content_stems, stem

from tests.runtime.retrieval.world import SHOP, chunk_of

A, B, C = (chunk_of(SHOP, f"src/{name}.py", name, f"def {name}(): ...") for name in ("alpha", "beta", "gamma"))


def test_scores_of_each_query_are_normalised() -> None:
    found = candidates([Hit(A, 30.0), Hit(B, 20.0), Hit(C, 10.0)], [Hit(C, 0.91), Hit(B, 0.89)])
    assert [(each.chunk, each.lexical_score) for each in found] == [(A, 1), (B, 0.5), (C, 0)]
    assert [each.semantic_score for each in found] == pytest.approx([-1, -1, 1])  # not found counts as the last
    assert [(each.lexical_rank, each.semantic_rank) for each in found] == [(1, None), (2, 2), (3, 1)]


def test_equal_scores_and_empty_lists() -> None:
    assert candidates([], []) == []
    found = candidates([Hit(A, 2.0), Hit(B, 2.0)], [Hit(A, 0.5), Hit(B, 0.5)])
    assert [(each.lexical_score, each.semantic_score) for each in found] == [(1, 0), (1, 0)]


def test_best_of_both_queries_comes_first() -> None:
    found = candidates([Hit(A, 3.0), Hit(B, 2.9), Hit(C, 1.0)], [Hit(C, 0.9), Hit(B, 0.89), Hit(A, 0.1)])
    assert rank_candidates("nothing that they say", found)[0].chunk == B


def test_a_function_of_that_name_comes_before_its_callers() -> None:
    named = chunk_of(SHOP, "src/z.py", "Store.parse_header", "def parse_header(line): return line.partition(':')")
    calls = chunk_of(SHOP, "src/a.py", "Store.load", "def load(line): return self.parse_header(line)")
    found = [Candidate(calls, 0.5, 0.5, 1, 1), Candidate(named, 0.5, 0.5, 2, 2)]
    assert [each.chunk for each in rank_candidates("parse the header", found)] == [named, calls]


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    texts = ["value widget", "value value gizmo", "value thing", "value other"]
    found = [Candidate(chunk_of(SHOP, f"src/{n}", "", t), 0.5, 0.5, n, n) for n, t in enumerate(texts)]
    assert rank_candidates("value of a gizmo", found)[0].chunk.text == texts[1]


def test_the_ranking_does_not_depend_on_the_input_order() -> None:
    found = candidates([Hit(A, 1.0), Hit(B, 1.0), Hit(C, 1.0)], [])
    assert len(rank_candidates("delta", found)) == 3
    assert rank_candidates("delta", found) == rank_candidates("delta", found[::-1])


@pytest.mark.parametrize("question", ["what is the of", "???", "\x00", "", "a" * 100_000])
def test_any_question_can_be_ranked(question: str) -> None:
    assert len(rank_candidates(question, candidates([Hit(A, 1.0)], [Hit(B, 1.0)]))) == 2


def test_content_words_of_a_question_are_found() -> None:
    assert content_stems("How does the parser handle parsing of parsed files?") == {"pars", "handl", "fil"}
    assert {stem(word) for word in ("connects", "connected", "connecting")} == {"connect"}


def test_words_match_abbreviations_and_compounds() -> None:
    terms = QuestionTerms.of("the directory of a file name")
    assert terms.forms.keys() == {"director", "nam"}
    assert {"director", "dir"} <= terms.forms["director"]
    assert "filenam" in terms.forms["nam"]
    short = chunk_of(SHOP, "src/a.py", "tmp_dir", "def tmp_dir(): ...")
    other = chunk_of(SHOP, "src/b.py", "tmp_day", "def tmp_day(): ...")
    found = [Candidate(other, 0.5, 0.5, 1, 1), Candidate(short, 0.5, 0.5, 2, 2)]
    assert rank_candidates("temporary directory", found)[0].chunk == short
