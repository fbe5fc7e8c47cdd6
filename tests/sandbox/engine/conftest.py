"""One sandbox per test; all tests share one slow key derivation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine import crypter
from tests.sandbox.engine.harness import Sandbox


@pytest.fixture(autouse=True)
def one_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uses the same salt for all stacks, so that the million rounds of key derivation run once."""
    monkeypatch.setattr(crypter, "new_salt", lambda: b"8 bytes!")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path)
    yield sandbox
    sandbox.close()
