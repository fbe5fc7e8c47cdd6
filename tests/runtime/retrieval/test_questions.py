"""The reviewed questions are whole, and their places exist where the packages are in the cache."""

import pytest

from benchmarks.quality.measures import measured
from benchmarks.quality.packages import folder_of
from benchmarks.quality.questions import lines_of, reviewed

QUESTIONS = reviewed()


def test_there_are_enough_and_none_twice() -> None:
    assert len(QUESTIONS) >= 60
    assert len({each.text for each in QUESTIONS}) == len(QUESTIONS)
    assert len({each.repository for each in QUESTIONS}) == 3


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.text[:40])
def test_each_has_places_and_names_none_of_them(question) -> None:
    assert question.text.endswith("?")
    assert question.places
    for place in question.places:
        assert place.path.endswith(".py")
        assert place.symbol.rpartition(".")[2].strip("_") not in question.text.split() or "_" not in place.symbol


def test_places_exist() -> None:
    looked = 0
    for question in QUESTIONS:
        folder = folder_of(question.repository.name, question.repository.version) / question.repository.folder
        if folder.is_dir():
            for place in question.places:
                assert max(map(len, lines_of(place, folder))) >= 2
                looked += 1
    if not looked:
        pytest.skip("no package is in the cache; the benchmark runtime_quality fills it")


def test_measures() -> None:
    assert measured([["x"], ["a", "x"], ["a", "b"]], [["x"], ["x"], ["x"]]).mrr == pytest.approx((1 + 0.5) / 3)
    whole = measured([[["x"], ["y"]]], [["x", "y"]])
    assert (whole.ndcg, whole.recall, whole.answered) == (1, 1, 1)
    half = measured([[["x"], ["x"], []]], [["x", "y"]])  # the same thing twice counts once
    assert half.recall == 0.5
    assert half.ndcg == pytest.approx(1 / (1 + 1 / 1.584962500721156))
