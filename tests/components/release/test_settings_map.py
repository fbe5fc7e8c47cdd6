"""Which changes of the settings restart pods."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from components.release.settings_map import NOT_READ_AT_START, start_digest
from stacks.settings import settings_document
from tests.stacks.test_settings import deployed, spec_of

RUNTIME = Path(__file__).resolve().parents[3] / "runtime" / "codekeep_runtime"
READ_AGAIN_IN = {"access/grants.py", "platform/readers.py"}  # by code that watches the file, and by commands


def document() -> dict[str, Any]:
    spec = spec_of("acme")
    return settings_document(spec, deployed(spec))


def edited(*path: str, value: object) -> str:
    made = document()
    section = made
    for step in path[:-1]:
        section = section[step]
    assert path[-1] in section
    section[path[-1]] = value
    return start_digest(json.dumps(made))


@pytest.mark.parametrize("path", NOT_READ_AT_START, ids=".".join)
def test_fields_that_are_reread_or_informative_restart_no_pods(path: tuple[str, ...]) -> None:
    assert edited(*path, value="other") == start_digest(json.dumps(document()))


@pytest.mark.parametrize("path", [("access", "oidc"), ("logging",), ("caps",), ("git_links",), ("regions", "primary")])
def test_fields_that_are_read_at_start_restart_pods(path: tuple[str, ...]) -> None:
    assert edited(*path, value="other") != start_digest(json.dumps(document()))


def test_the_order_of_keys_does_not_matter() -> None:
    assert start_digest('{"b": 1, "a": 2}') == start_digest('{"a": 2, "b": 1}')


def test_the_runtime_reads_none_of_those_fields_at_its_start() -> None:
    sources = [path for path in RUNTIME.rglob("*.py") if path.relative_to(RUNTIME).parts[0] != "settings"]
    assert len(sources) > 100
    for path in sources:
        text = path.read_text()
        assert not re.search(r"\.(slo|display_name)\b", text), path
        if re.search(r"\baccess\.teams\b", text):
            assert str(path.relative_to(RUNTIME)) in READ_AGAIN_IN
