from collections.abc import Callable
from pathlib import Path

import pytest
from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.ingest import Ingest, Options

from tests.runtime.embedders import HashEmbedder
from tests.runtime.ingest.parsers import parse_lines
from tests.runtime.repositories import Repository

INGEST = Callable[..., Ingest]


def chunk_text(chunk: Chunk) -> str:
    return chunk.text


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
        chosen = Options(**{"workers": 1, "file_seconds": 2, "with_digest": True, **options})
        return Ingest(index, HashEmbedder(), tmp_path / "state", chosen, parse, chunk_text)

    return make
