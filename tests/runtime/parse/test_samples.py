"""Parsing a small file of every language finds its definitions, mentions and imports.

CODEKEEP_UPDATE_GOLDENS=1 writes the expected files again; review the difference before you commit it.
"""

import os

import pytest
from codekeep_runtime.parse.grammar import GRAMMARS

from tests.runtime.parse.golden import EXPECTED, SAMPLES, described

NAMES = sorted(path.name for path in SAMPLES.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_parses_to_its_reviewed_result(name):
    expected = EXPECTED / f"{name}.txt"
    if os.environ.get("CODEKEEP_UPDATE_GOLDENS"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(described(SAMPLES / name), "utf-8")
    assert described(SAMPLES / name) == expected.read_text("utf-8")


def test_every_language_has_a_sample():
    languages = {described(SAMPLES / name).split()[1] for name in NAMES}
    assert languages == GRAMMARS | {"markdown", "yaml", "json", "dockerfile", "toml"}
