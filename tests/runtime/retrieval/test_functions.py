"""The benchmark's data: functions without docstrings, and the docstrings' first sentences as questions."""

from pathlib import Path

from benchmarks.quality.functions import first_sentence, functions, questions

SOURCE = '''
class Store:
    """Keeps things that people bring."""

    @property
    def size(self):
        """Number of things that are kept here. Never negative."""
        # counted each time
        return len(self._things)

    def clear(self):
        """Removes every thing that is kept."""

    def close(self): """Closes the store for good today."""; self._file.close()

    def first(self):
        return self._things[0]


async def load(path):
    """
    Reads a store from the disk
    and checks it.
    """

    def inner():
        """This one belongs to the outer."""
        return path
    return inner()


def again(path):
    """Number of things that are kept here. Again."""
    return load(path)
'''


def test_functions_have_bodies_and_no_docstrings(tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(SOURCE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "helper.py").write_text(SOURCE)
    found = {each.chunk.symbol: each for each in functions("shop", tmp_path, 100)}
    assert found.keys() == {"Store.size", "Store.first", "load", "again"}  # nothing is done in clear; close is one line
    assert found["Store.size"].chunk.text == (
        "    @property\n    def size(self):\n        # counted each time\n        return len(self._things)"
    )
    assert "Reads a store" not in found["load"].chunk.text
    assert found["load"].chunk.text.startswith("async def load(path):\n")
    assert found["load"].chunk.text.endswith("return inner()")


def test_a_question_belongs_to_one_function(tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(SOURCE)
    found = functions("shop", tmp_path, 100)
    assert {each.sentence for each in found} == {
        "Number of things that are kept here.",
        "Reads a store from the disk and checks it.",
        "",
    }
    assert list(questions(found)) == ["Reads a store from the disk and checks it."]


def test_the_same_functions_are_chosen_in_every_run(tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(SOURCE)
    assert len(functions("shop", tmp_path, 2)) == 2
    assert functions("shop", tmp_path, 2) == functions("shop", tmp_path, 100)[:2]


def test_short_docstrings_give_no_question() -> None:
    assert first_sentence("Return the size.") == ""
    assert first_sentence(None) == ""
    assert first_sentence("Return the size of\nit now. More.") == "Return the size of it now."
