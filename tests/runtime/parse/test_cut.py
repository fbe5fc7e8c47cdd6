"""Cutting any text of any language into pieces: completeness, order, size, time."""

import random

import pytest
from codekeep_runtime.parse.cut import MAX_PIECE
from codekeep_runtime.parse.grammar import GRAMMARS
from codekeep_runtime.parse.language import language_of
from codekeep_runtime.parse.parser import ParsedFile, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.runtime.parse.golden import SAMPLES

LANGUAGES = sorted(GRAMMARS | {"markdown", "yaml", "json", "dockerfile", "toml", "text"})
SOURCES = {path.name: path.read_text("utf-8") for path in sorted(SAMPLES.iterdir())}


def assert_whole(text: str, parsed: ParsedFile) -> None:
    """Every line is in exactly one piece, in order, as it is; none is larger than it may be."""
    lines = text.removesuffix("\n").split("\n")
    if not text.strip():
        assert parsed.pieces == ()
        return
    assert [piece.start_line for piece in parsed.pieces] == [1, *(piece.end_line + 1 for piece in parsed.pieces[:-1])]
    assert parsed.pieces[-1].end_line == len(lines)
    assert "\n".join(piece.text for piece in parsed.pieces) == "\n".join(lines)
    for piece in parsed.pieces:
        cut = piece.text.rstrip("])};, \t\n\r\f\v").rsplit("\n", 1)  # blank lines and braces stay with what they close
        assert len(piece.text) <= MAX_PIECE or piece.start_line == piece.end_line or len(cut[0]) <= MAX_PIECE


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text(alphabet="abc(){}[]:;=#'\"/* \n\t\\.,<>-@é\U0001f600\r\x00", max_size=400))
@settings(max_examples=40, deadline=None)
def test_any_text_is_cut_without_loss(language, text):
    assert_whole(text, parse("x", language, text))


@pytest.mark.parametrize("name", SOURCES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_shuffled_and_repeated_lines_are_cut_without_loss(name, seed):
    """Large files with syntax errors in unexpected places."""
    lines = SOURCES[name].split("\n") * 12
    chosen = random.Random(seed)  # noqa: S311 - to be repeated, not to be unguessable
    for _ in range(chosen.randrange(20)):
        first, second = chosen.randrange(len(lines)), chosen.randrange(len(lines))
        lines[first], lines[second] = lines[second], lines[first]
    text = "\n".join(lines)
    parsed = parse(name, language_of(name, text[:512].encode()), text)
    assert len(parsed.pieces) > 1
    assert_whole(text, parsed)
    for definition in parsed.symbols.definitions:
        assert 1 <= definition.start_line <= definition.end_line <= len(lines)
    called = {each.name: each.alias for each in parsed.symbols.imports}
    for reference in parsed.symbols.references:
        line = lines[reference.line - 1]
        assert reference.name in line or called[reference.name] in line


def test_a_large_class_is_cut_into_its_methods():
    body = "".join(
        f"    def method_{n}(self):\n{'        x = self.y + 1' + chr(10)}" * 1 + "        y = 2\n" * 20
        for n in range(6)
    )
    parsed = parse("a.py", "python", f"class Shop:\n{body}")
    assert [piece.symbol for piece in parsed.pieces] == ["Shop", *(f"Shop.method_{n}" for n in range(6))]


def test_comments_and_decorators_stay_with_their_function():
    body = "    x = 1\n" * 40
    text = f"import os\n\n\ndef first():\n{body}\n\n# Why it is so.\n@cached\ndef second():\n{body}"
    second = parse("a.py", "python", text).pieces[-1]
    assert second.symbol == "second"
    assert second.text.startswith("# Why it is so.\n@cached\ndef second")


def test_a_long_function_is_cut_between_statements():
    loop = "    for x in y:\n        a(x)\n        b(x)\n        c(x)\n\n"
    parsed = parse("a.py", "python", "def long():\n" + loop * 100)
    assert len(parsed.pieces) > 2
    assert {piece.symbol for piece in parsed.pieces} == {"long"}
    assert all(piece.text.startswith(("def long", "    for x in y")) for piece in parsed.pieces)


def test_deep_nesting_is_parsed_in_time():
    for language, text in {"python": "(" * 100_000, "json": "[" * 100_000, "c": "{" * 100_000}.items():
        assert_whole(text, parse("x", language, text))


def test_a_name_after_non_ascii_text_has_the_right_line():
    symbols = parse("a.py", "python", "x = 'é😀'\ndef größe(): return länge('ü')\n").symbols
    assert [each.name for each in symbols.definitions] == ["x", "größe"]
    assert [(each.name, each.line) for each in symbols.references] == [("länge", 2)]
