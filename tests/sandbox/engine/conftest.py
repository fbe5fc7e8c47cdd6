"""One sandbox per test; the slow key derivation is shared by them all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine import crypter
from tests.sandbox.engine.harness import Sandbox


@pytest.fixture(autouse=True)
def one_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rounds of key derivation once, not per stack."""
    monkeypatch.setattr(crypter, "new_salt", lambda: b"8 bytes!")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path)
    yield sandbox
    sandbox.close()
