"""An index, a repository and an ingest run for each test."""

from collections.abc import Callable
from pathlib import Path

import pytest
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.ingest import Ingest, Options

from tests.runtime.embedders import HashEmbedder
from tests.runtime.ingest.parsers import parse_lines
from tests.runtime.repositories import Repository

INGEST = Callable[..., Ingest]


@pytest.fixture
def index(tmp_path: Path):
    opened = EmbeddedIndex.open(tmp_path / "index", "acme", "hash-1", 64)
    yield opened
    opened.close()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "code")


@pytest.fixture
def ingest(index: EmbeddedIndex, tmp_path: Path) -> INGEST:
    def make(**options: object) -> Ingest:
        parse = options.pop("parse", parse_lines)
        chosen = Options(**{"workers": 1, "file_seconds": 2, **options})
        return Ingest(index, Embedding(index, HashEmbedder()), tmp_path / "state", chosen, parse)

    return make
