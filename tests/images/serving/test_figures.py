"""The documented figures are those that the code computes."""

import pytest

from images.serving.figures import FIGURES, PAGE, figures, with_figures
from images.serving.memory import memory_fit


def test_the_page_has_the_figures_that_the_code_computes() -> None:
    page = PAGE.read_text()
    assert with_figures(page) == page, "write them anew: python -m images.serving.figures"


def test_three_models_are_shown_with_every_term() -> None:
    assert len({figure.facts.name for figure in FIGURES}) == 3
    for figure in FIGURES:
        assert figure.title in figures()
        assert memory_fit(figure.facts, figure.gpu_memory_gib).arithmetic in figures()


def test_a_page_without_a_place_for_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="figures"):
        with_figures("# Serving\n")
