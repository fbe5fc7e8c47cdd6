"""The text that is embedded for a chunk."""

from codekeep_runtime.embed.text import CHARACTERS_MAX, embedding_text

from tests.runtime.embed.chunks import chunk


def test_the_text_begins_with_path_words_and_symbol() -> None:
    assert embedding_text(chunk("def f():\n    pass")) == (
        "src http retry policy retry policy next delay\ndef f():\n    pass"
    )


def test_a_chunk_without_a_symbol_begins_with_its_path() -> None:
    assert embedding_text(chunk("x = 1", path="a/b.py", symbol="")) == "a b\nx = 1"


def test_the_text_is_bounded_whatever_the_chunk_contains() -> None:
    long = embedding_text(chunk("x" * 100_000, path="p/" * 2_000, symbol="s" * 5_000))
    assert len(long) == CHARACTERS_MAX
    assert long.endswith("x" * 1_000)
