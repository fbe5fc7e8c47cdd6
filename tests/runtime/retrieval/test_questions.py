"""The reviewed questions are complete, and the definitions that answer them exist in the pinned packages."""

import pytest

from benchmarks.quality.measures import measured
from benchmarks.quality.packages import folder_of
from benchmarks.quality.questions import lines_of, reviewed

QUESTIONS = reviewed()


def test_there_are_enough_questions_and_no_duplicates() -> None:
    assert len(QUESTIONS) >= 60
    assert len({each.text for each in QUESTIONS}) == len(QUESTIONS)
    assert len({each.repository for each in QUESTIONS}) == 3


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.text[:40])
def test_a_question_has_answers_and_does_not_contain_their_names(question) -> None:
    assert question.text.endswith("?")
    assert question.definitions
    for definition in question.definitions:
        assert definition.path.endswith(".py")
        name = definition.symbol.rpartition(".")[2].strip("_")
        assert name not in question.text.split() or "_" not in definition.symbol


def test_the_answers_are_defined_in_the_pinned_packages() -> None:
    looked = 0
    for question in QUESTIONS:
        folder = folder_of(question.repository.name, question.repository.version) / question.repository.folder
        if folder.is_dir():
            for definition in question.definitions:
                assert max(map(len, lines_of(definition, folder))) >= 2
                looked += 1
    if not looked:
        pytest.skip("no package is in the cache; the benchmark runtime_quality fills it")


def test_measures_count_each_answer_once() -> None:
    assert measured([["x"], ["a", "x"], ["a", "b"]], [["x"], ["x"], ["x"]]).mrr == pytest.approx((1 + 0.5) / 3)
    whole = measured([[["x"], ["y"]]], [["x", "y"]])
    assert (whole.ndcg, whole.recall, whole.answered) == (1, 1, 1)
    half = measured([[["x"], ["x"], []]], [["x", "y"]])  # the same thing twice counts once
    assert half.recall == 0.5
    assert half.ndcg == pytest.approx(1 / (1 + 1 / 1.584962500721156))
