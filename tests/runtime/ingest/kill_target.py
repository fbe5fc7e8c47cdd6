"""One ingest run in a process that the test kills."""

import io
import os
import sys
from pathlib import Path

from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.ingest import Ingest, Options
from codekeep_runtime.ingest.source import Source

from tests.runtime.embedders import HashEmbedder
from tests.runtime.ingest.parsers import parse_lines


def run_once(code: str, data: str) -> None:
    sys.stderr = io.StringIO()
    index = EmbeddedIndex.open(Path(data) / "index", "acme", "hash-1", 64)
    embedding = Embedding(index, HashEmbedder())
    ingest = Ingest(index, embedding, Path(data) / "state", Options(workers=2), parse_lines)
    manifest = ingest.run([Source.at(code, ("*",))])
    index.close()
    os._exit(0 if manifest.is_complete else 1)
