"""Ingests the packages of the reviewed questions like repositories."""

import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

from codekeep_runtime.core.chunk import Chunk
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.ingest import Ingest
from codekeep_runtime.ingest.source import Source

from benchmarks.quality.packages import unpacked
from benchmarks.quality.questions import Definition, Question, Repository, lines_of
from benchmarks.quality.searches import TENANT

AUTHOR = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
LEAST_LINES = 3  # of a definition that a chunk must contain, or all if it is shorter


def ingested(folder: Path, repositories: Collection[Repository], embedder: Embedder) -> EmbeddedIndex:
    index = EmbeddedIndex.open(folder / "index", TENANT, embedder.version, embedder.dimension)
    sources = [
        Source(repository=id_of(each), location=str(_committed(folder / each.name, each))) for each in repositories
    ]
    manifest = Ingest(index, Embedding(index, embedder), folder / "state").run(sources)
    assert manifest.is_complete, manifest.failures
    return index


def id_of(repository: Repository) -> RepositoryId:
    return RepositoryId("pypi.org", repository.name, repository.name)


def _committed(folder: Path, repository: Repository) -> Path:
    package = unpacked(repository.name, repository.version) / repository.folder
    shutil.copytree(package, folder / repository.folder)
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*AUTHOR, "commit", "-q", "-m", repository.version]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


class Answers:
    """Tells which of a question's answers a chunk contains."""

    def __init__(self, question: Question) -> None:
        self.wanted = question.definitions
        self._repository = question.repository
        folder = unpacked(question.repository.name, question.repository.version) / question.repository.folder
        self._lines = {each: lines_of(each, folder) for each in question.definitions}

    def of(self, chunk: Chunk) -> list[Definition]:
        if chunk.branch.repository != id_of(self._repository):
            return []
        return [each for each in self.wanted if self._contains(chunk, each)]

    def _contains(self, chunk: Chunk, definition: Definition) -> bool:
        if chunk.path != f"{self._repository.folder}/{definition.path}":
            return False
        chunk_lines = range(chunk.start_line, chunk.end_line + 1)
        return any(
            min(chunk_lines.stop, lines.stop) - max(chunk_lines.start, lines.start) >= min(LEAST_LINES, len(lines))
            for lines in self._lines[definition]
        )
