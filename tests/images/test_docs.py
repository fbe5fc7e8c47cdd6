"""docs/images/README.md has the tables of the catalogue and the matrix."""

import pytest

from images.matrix import STACKS
from images.render import ROOT
from images.report import with_tables

PAGE = ROOT / "docs" / "images" / "README.md"


def test_the_pages_tables_are_those_of_the_catalogue():
    """To renew: python -c "from tests.images.test_docs import renew; renew()"."""
    text = PAGE.read_text()
    assert with_tables(text) == text
    assert all(stack.name in text for stack in STACKS)


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="must have <!-- bases -->"):
        with_tables("# Images")


def renew() -> None:
    PAGE.write_text(with_tables(PAGE.read_text()))
